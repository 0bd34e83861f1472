import { describe, expect, it } from 'vitest'
import { tabLines } from '../../src/ui/tab-lines.ts'
import { renderTable, type Column } from '../../src/ui/table.ts'
import { textWidth } from '../../src/ui/text-width.ts'

interface Customer {
  id: number
  name: string
  due: string
  status: 'ready' | 'blocked'
}

const columns: Column<Customer>[] = [
  { key: 'customer_id', title: 'Customer', align: 'right', priority: 1, text: row => String(row.id) },
  { key: 'full_name', title: 'Name', priority: 1, min: 6, text: row => row.name },
  { key: 'due_amount', title: 'Due', align: 'right', priority: 2, text: row => row.due },
  { key: 'status', title: 'Status', priority: 3, text: row => row.status, tone: row => row.status === 'ready' ? 'good' : undefined },
]
const rajesh: Customer = { id: 42, name: 'Rajesh Kumar', due: '₹15,000.00', status: 'ready' }
const lakshmi: Customer = { id: 7, name: 'लक्ष्मी देवी', due: '₹0.50', status: 'blocked' }

const lines = (...text: string[]) => `${text.join('\n')}\n`

describe('renderTable', () => {
  it('draws a light table', () => {
    expect(renderTable(columns, [rajesh, { ...rajesh, id: 1042, name: 'Asha', status: 'blocked' }], { width: 80, colour: false })).toEqual({
      hidden: [],
      text: lines(
        'Customer  Name                 Due  Status',
        '────────  ────────────  ──────────  ───────',
        '      42  Rajesh Kumar  ₹15,000.00  ready',
        '    1042  Asha          ₹15,000.00  blocked',
      ),
    })
  })

  it('lines up Devanagari as a terminal shows it', () => {
    const { text } = renderTable(columns, [lakshmi, rajesh], { width: 80, colour: false })
    expect(text).toBe(lines(
      'Customer  Name                 Due  Status',
      '────────  ────────────  ──────────  ───────',
      '       7  लक्ष्मी देवी          ₹0.50  blocked',
      '      42  Rajesh Kumar  ₹15,000.00  ready',
    ))
    expect(text.split('\n').slice(2, 4).map(line => textWidth(line.slice(0, line.lastIndexOf('  '))))).toEqual([34, 34])
  })

  it.each([
    [39, [], lines(
      'Customer  Name             Due  Status',
      '────────  ────────  ──────────  ───────',
      '      42  Rajesh…   ₹15,000.00  ready',
      '       7  लक्ष्मी दे…       ₹0.50  blocked',
    )],
    [36, ['Status'], lines(
      'Customer  Name                 Due',
      '────────  ────────────  ──────────',
      '      42  Rajesh Kumar  ₹15,000.00',
      '       7  लक्ष्मी देवी          ₹0.50',
    )],
    [18, ['Due', 'Status'], lines(
      'Customer  Name',
      '────────  ────────',
      '      42  Rajesh…',
      '       7  लक्ष्मी दे…',
    )],
  ])('fits %i columns and says what it hid', (width, hidden, text) => {
    expect(renderTable(columns, [rajesh, lakshmi], { width, colour: false })).toEqual({ text, hidden })
  })

  it('draws a long table as it draws a short one', () => {
    const rows = Array.from({ length: 201 }, (_, index): Customer => ({ ...rajesh, id: index, name: `Customer number ${index % 7}` }))
    const short = renderTable(columns, rows.slice(0, 200), { width: 37, colour: true })
    const long = renderTable(columns, rows, { width: 37, colour: true })
    expect(long.text.split('\n').slice(0, 202)).toEqual(short.text.split('\n').slice(0, 202))
    expect(long.hidden).toEqual(short.hidden)
  })

  it('writes 20,000 rows in a moment', () => {
    const rows = Array.from({ length: 20_000 }, (_, id): Customer => ({ ...(id % 2 ? rajesh : lakshmi), id }))
    const started = performance.now()
    expect(renderTable(columns, rows, { width: 80, colour: false }).text.split('\n')).toHaveLength(20_003)
    expect(performance.now() - started).toBeLessThan(3000)
  })

  it('colours the words and not their padding', () => {
    expect(renderTable(columns.slice(3), [rajesh, lakshmi], { width: 80, colour: true }).text).toBe(lines(
      '\u001b[1mStatus\u001b[22m',
      '───────',
      '\u001b[32mready\u001b[39m',
      'blocked',
    ))
  })

  it('lets no cell reach the terminal raw', () => {
    expect(renderTable(columns.slice(1, 2), [{ ...rajesh, name: '\u001b[31mA\nB\u202eC' }], { width: 80, colour: false }).text).toBe(lines('Name', '────', 'A BC'))
  })

  it('keeps the header when there is no row', () => {
    expect(renderTable(columns.slice(0, 2), [], { width: 80, colour: false }).text).toBe(lines('Customer  Name', '────────  ────'))
  })
})

describe('tabLines', () => {
  it('gives a pipe whole cells between tabs, and no header', () => {
    expect(tabLines(columns, [lakshmi, { ...rajesh, name: 'Rajesh\tKumar' }])).toBe('7\tलक्ष्मी देवी\t₹0.50\tblocked\n42\tRajesh Kumar\t₹15,000.00\tready\n')
  })
})
