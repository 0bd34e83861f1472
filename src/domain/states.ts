interface State { name: string, language: string, spellings: string[] }

// Language is the default of the state: a lender may set another, a customer's own always wins. Variants as they stand in lenders' files.
const STATES: State[] = ([
  ['Andhra Pradesh', 'Telugu', 'AP, Andhra, Andhrapradesh'],
  ['Arunachal Pradesh', 'Hindi', 'AR, Arunanchal, Arunachal'],
  ['Assam', 'Assamese', 'AS, Asam, Asom'],
  ['Bihar', 'Hindi', 'BR, BH, Behar'],
  ['Chhattisgarh', 'Hindi', 'CG, CT, Chattisgarh, Chhatisgarh, Chattishgarh'],
  ['Goa', 'Konkani', 'GA'],
  ['Gujarat', 'Gujarati', 'GJ, Gujrat, Gujarath'],
  ['Haryana', 'Hindi', 'HR, Hariyana'],
  ['Himachal Pradesh', 'Hindi', 'HP, Himachal'],
  ['Jharkhand', 'Hindi', 'JH, Jharkand, Jharkhnad'],
  ['Karnataka', 'Kannada', 'KA, KN, Karnatka, Karnatak'],
  ['Kerala', 'Malayalam', 'KL, Keral, Kerla'],
  ['Madhya Pradesh', 'Hindi', 'MP, Madhyapradesh, Madya Pradesh'],
  ['Maharashtra', 'Marathi', 'MH, Maharastra, Mahrashtra, Maha'],
  ['Manipur', 'Manipuri', 'MN'],
  ['Meghalaya', 'English', 'ML, Megalaya'],
  ['Mizoram', 'Mizo', 'MZ, Mizoran'],
  ['Nagaland', 'English', 'NL, NG'],
  ['Odisha', 'Odia', 'OD, OR, Orissa, Orrisa, Odissa'],
  ['Punjab', 'Punjabi', 'PB, PN, Panjab'],
  ['Rajasthan', 'Hindi', 'RJ, Rajsthan, Rajastan, Raj'],
  ['Sikkim', 'Nepali', 'SK, Sikim'],
  ['Tamil Nadu', 'Tamil', 'TN, Tamilnadu, Tamil Naidu'],
  ['Telangana', 'Telugu', 'TS, TG, Telengana, Telangna'],
  ['Tripura', 'Bengali', ''],
  ['Uttar Pradesh', 'Hindi', 'UP, Uttarpradesh, UP East, UP West, Utter Pradesh'],
  ['Uttarakhand', 'Hindi', 'UK, UA, Uttaranchal, Uttrakhand, Uttarakhnad'],
  ['West Bengal', 'Bengali', 'WB, Westbengal, Bengal'],
  ['Andaman and Nicobar Islands', 'Hindi', 'AN, Andaman, A&N, Andaman and Nicobar'],
  ['Chandigarh', 'Hindi', 'Chd'],
  ['Dadra and Nagar Haveli and Daman and Diu', 'Gujarati', 'DH, DN, DD, Daman, Diu, Dadra, DNH, DNHDD, Daman and Diu, Dadra and Nagar Haveli'],
  ['Delhi', 'Hindi', 'DL, New Delhi, NCT of Delhi, Delhi NCR'],
  ['Jammu and Kashmir', 'Urdu', 'JK, J&K, Jammu'],
  ['Ladakh', 'Hindi', 'LA, Leh'],
  ['Lakshadweep', 'Malayalam', 'LD, Laccadive'],
  ['Puducherry', 'Tamil', 'PY, Pondicherry, Pondy, Pudducherry'],
] as const).map(([name, language, spellings]) => ({ name, language, spellings: spellings.split(', ').filter(Boolean) }))

const STATE_OF = new Map(STATES.flatMap(state => [state.name, ...state.spellings].map(spelling => [stateKey(spelling), state] as const)))

function stateKey(text: string): string {
  return text.toLowerCase().replaceAll('&', 'and').replace(/[^\p{L}]/gu, '')
}

/**
 * Finds the state or union territory behind a lender's spelling; undefined when it is none we know.
 * UT, CH, MG, MI, AD and TR stand for two states each, so they are nobody's.
 */
export function findState(text: string): { name: string, language: string } | undefined {
  return STATE_OF.get(stateKey(text))
}
