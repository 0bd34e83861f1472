import { describe, expect, it } from 'vitest'
import { judgeCustomers } from '../../../src/app/judge-customers.ts'
import { DEFAULT_CALL_RULES } from '../../../src/domain/call-rules.ts'
import { ASHA, ASHA_PHONE, BALA, importRows, minutesLater, NOW, type Row } from '../borrowers.ts'
import type { Stage } from '../open-stores.ts'

const RULES = { ...DEFAULT_CALL_RULES, phoneMaxCustomers: 2 }
const CODES = ['STAFF_PHONE', 'PHONE_SHARED'] as const
const NAMES = ['Asha Verma', 'Kiran Joseph', 'Meena Bibi', 'Rekha Naik', 'Farida Khatun', 'Lalita Oraon', 'Om Prakash']
const sharing = (phone: string, count: number, from = 0): Row[] => NAMES.slice(0, count).map((name, at) => ({ ...ASHA, name, phone: phone.slice(3), loan_id: `S${phone.slice(-1)}${from + at}` }))

export function phoneContract(stage: Stage) {
  describe('phones that are not called', () => {
    it('are told of the upload that spoke last of their borrowers, those of most borrowers first, with all of them counted', async () => {
      const { store } = stage
      const phones = ['+919000000201', '+919000000202', '+919000000203', '+919000000204']
      const first = await importRows(store, [BALA, ...phones.flatMap((phone, at) => sharing(phone, 3 + at)), ASHA, { ...ASHA, loan_id: 'LN3' }])
      await store.keepStaffPhones(first, [ASHA_PHONE])
      await judgeCustomers(store, RULES, NOW)
      const ofShared = { phones: 4, borrowers: 3 + 4 + 5 + 6 }
      expect(await store.findBlockedPhones(first, CODES, 3)).toEqual([
        { code: 'PHONE_SHARED', phone: phones[3], borrowers: 6, line: 2 + 1 + 3 + 4 + 5, ofCode: ofShared },
        { code: 'PHONE_SHARED', phone: phones[2], borrowers: 5, line: 2 + 1 + 3 + 4, ofCode: ofShared },
        { code: 'PHONE_SHARED', phone: phones[1], borrowers: 4, line: 2 + 1 + 3, ofCode: ofShared },
        { code: 'STAFF_PHONE', phone: ASHA_PHONE, borrowers: 1, line: 2 + 1 + 18, ofCode: { phones: 1, borrowers: 1 } },
      ])
      expect(await store.findBlockedPhones(first, ['STAFF_PHONE'], 3)).toHaveLength(1)

      expect(await store.findNewStaffPhones(first, 3), 'its own are told already').toEqual([])

      const second = await importRows(store, sharing(phones[0]!, 1).map(row => ({ ...row, due_amount: '9' })), { createdAt: minutesLater(1) })
      await judgeCustomers(store, RULES, NOW)
      expect(await store.findBlockedPhones(second, CODES, 3)).toEqual([{ code: 'PHONE_SHARED', phone: phones[0], borrowers: 1, line: 2, ofCode: { phones: 1, borrowers: 1 } }])

      await store.keepStaffPhones(second, [ASHA_PHONE, ...phones])
      await judgeCustomers(store, RULES, NOW)
      expect(await store.findNewStaffPhones(second, 2), 'others, for the first time').toEqual([
        { phone: phones[3], borrowers: 6, inAll: { phones: 4, borrowers: 2 + 4 + 5 + 6 } },
        { phone: phones[2], borrowers: 5, inAll: { phones: 4, borrowers: 2 + 4 + 5 + 6 } },
      ])
    })
  })
}
