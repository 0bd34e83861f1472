import { describe, expect, it } from 'vitest'
import { findState } from '../../src/domain/states.ts'

// domain.md section 6: canonical name, codes and variants, language; without the codes that stand for two states.
const STATES: [name: string, spellings: string, language: string][] = [
  ['Andhra Pradesh', 'AP, A.P., Andhra, Andhrapradesh', 'Telugu'],
  ['Arunachal Pradesh', 'AR, Arunanchal, Arunachal', 'Hindi'],
  ['Assam', 'AS, Asam, Asom', 'Assamese'],
  ['Bihar', 'BR, BH, Behar', 'Hindi'],
  ['Chhattisgarh', 'CG, CT, Chattisgarh, Chhatisgarh, Chattishgarh, C.G.', 'Hindi'],
  ['Goa', 'GA', 'Konkani'],
  ['Gujarat', 'GJ, Gujrat, Gujarath', 'Gujarati'],
  ['Haryana', 'HR, Hariyana', 'Hindi'],
  ['Himachal Pradesh', 'HP, Himachal, H.P.', 'Hindi'],
  ['Jharkhand', 'JH, Jharkand, Jharkhnad', 'Hindi'],
  ['Karnataka', 'KA, Karnatka, Karnatak, KN', 'Kannada'],
  ['Kerala', 'KL, Keral, Kerla', 'Malayalam'],
  ['Madhya Pradesh', 'MP, M.P., Madhyapradesh, Madya Pradesh', 'Hindi'],
  ['Maharashtra', 'MH, Maharastra, Mahrashtra, Maha', 'Marathi'],
  ['Manipur', 'MN', 'Manipuri'],
  ['Meghalaya', 'ML, Megalaya', 'English'],
  ['Mizoram', 'MZ, Mizoran', 'Mizo'],
  ['Nagaland', 'NL, NG', 'English'],
  ['Odisha', 'OD, OR, Orissa, Orrisa, Odissa', 'Odia'],
  ['Punjab', 'PB, Panjab, PN', 'Punjabi'],
  ['Rajasthan', 'RJ, Rajsthan, Rajastan, Raj', 'Hindi'],
  ['Sikkim', 'SK, Sikim', 'Nepali'],
  ['Tamil Nadu', 'TN, Tamilnadu, Tamil Naidu, T.N.', 'Tamil'],
  ['Telangana', 'TS, TG, Telengana, Telangna', 'Telugu'],
  ['Tripura', '', 'Bengali'],
  ['Uttar Pradesh', 'UP, U.P., Uttarpradesh, UP East, UP West, Utter Pradesh', 'Hindi'],
  ['Uttarakhand', 'UK, Uttaranchal, Uttrakhand, Uttarakhnad, UA', 'Hindi'],
  ['West Bengal', 'WB, W.B., Westbengal, Bengal', 'Bengali'],
  ['Andaman and Nicobar Islands', 'AN, Andaman, A&N, Andaman & Nicobar, Andaman & Nicobar Islands', 'Hindi'],
  ['Chandigarh', 'Chd', 'Hindi'],
  ['Dadra and Nagar Haveli and Daman and Diu', 'DH, DN, DD, Daman, Diu, Dadra, DNH, DNHDD, Daman & Diu, Dadra & Nagar Haveli', 'Gujarati'],
  ['Delhi', 'DL, New Delhi, NCT of Delhi, Delhi NCR', 'Hindi'],
  ['Jammu and Kashmir', 'JK, J&K, J & K, Jammu, Jammu & Kashmir', 'Urdu'],
  ['Ladakh', 'LA, Leh', 'Hindi'],
  ['Lakshadweep', 'LD, Laccadive', 'Malayalam'],
  ['Puducherry', 'PY, Pondicherry, Pondy, Pudducherry', 'Tamil'],
]

describe('findState', () => {
  it('knows 28 states and 8 union territories', () => {
    expect(STATES).toHaveLength(36)
  })

  it.each(STATES.flatMap(([name, spellings, language]) => [name, ...spellings.split(', ').filter(Boolean)].map(spelling => [spelling, name, language])))('%s is %s, where %s is spoken', (spelling, name, language) => {
    const written = [spelling, spelling.toUpperCase(), ` ${spelling.toLowerCase()} `, spelling.replaceAll(' ', ''), spelling.replaceAll(' ', '-')]
    expect(written.map(text => findState(text))).toEqual(written.map(() => expect.objectContaining({ name, language })))
  })

  it.each(['UT', 'CH', 'MG', 'MI', 'AD', 'TR', 'U.T.'])('does not guess what %s stands for', (code) => {
    expect(findState(code)).toBeUndefined()
  })

  it.each(['Patna', 'Bangalore', 'Kanpur', 'Raipur', 'Nagpur', '', ' ', '-', '24', '__proto__', 'constructor', 'Pradesh', 'OR 1=1', '\' OR \'1\'=\'1', 'AP2'])('finds no state in %j', (text) => {
    expect(findState(text)).toBeUndefined()
  })

  it.each([['29-Karnataka', 'Karnataka'], ['10 Bihar', 'Bihar']])('takes the name beside its number: %s', (text, name) => {
    expect(findState(text)).toMatchObject({ name, isGuess: false })
  })
})
