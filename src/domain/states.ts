import { distance } from 'fastest-levenshtein'

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

const CITIES: Record<string, string> = Object.fromEntries(([
  ['Andhra Pradesh', 'Visakhapatnam, Vijayawada, Guntur, Nellore, Tirupati, Kurnool'], ['Assam', 'Guwahati, Silchar, Dibrugarh'],
  ['Bihar', 'Patna, Gaya, Muzaffarpur, Bhagalpur, Darbhanga'], ['Chhattisgarh', 'Raipur, Bilaspur, Durg, Bhilai'],
  ['Gujarat', 'Ahmedabad, Surat, Vadodara, Rajkot'], ['Haryana', 'Gurgaon, Gurugram, Faridabad, Karnal'],
  ['Jharkhand', 'Ranchi, Jamshedpur, Dhanbad'], ['Karnataka', 'Bangalore, Bengaluru, Mysore, Mysuru, Hubli, Mangalore, Manipal, Belgaum'],
  ['Kerala', 'Kochi, Thiruvananthapuram, Kozhikode, Thrissur'], ['Madhya Pradesh', 'Bhopal, Indore, Gwalior, Jabalpur, Ujjain'],
  ['Maharashtra', 'Mumbai, Pune, Nagpur, Nashik, Aurangabad, Thane, Solapur'], ['Manipur', 'Imphal'], ['Odisha', 'Bhubaneswar, Cuttack, Sambalpur'],
  ['Punjab', 'Ludhiana, Amritsar, Jalandhar, Patiala'], ['Rajasthan', 'Jaipur, Jodhpur, Udaipur, Kota, Bikaner, Ajmer'],
  ['Tamil Nadu', 'Chennai, Madras, Coimbatore, Madurai, Salem, Tiruchirappalli'], ['Telangana', 'Hyderabad, Warangal, Secunderabad'],
  ['Uttar Pradesh', 'Lucknow, Kanpur, Agra, Varanasi, Meerut, Allahabad, Prayagraj, Ghaziabad, Noida, Mainpuri'],
  ['Uttarakhand', 'Dehradun, Haridwar'], ['West Bengal', 'Kolkata, Calcutta, Howrah, Siliguri, Asansol, Durgapur'],
] as const).flatMap(([state, cities]) => cities.split(', ').map(city => [stateKey(city), state])))

// Short names are too close to each other, and to cities, for a slip of two letters.
const GUESSED_FROM = 7
const SLIPS = 2
const SHORTEST_NAME = 4

const STATE_OF = new Map(STATES.flatMap(state => [state.name, ...state.spellings].map(spelling => [stateKey(spelling), state] as const)))

function stateKey(text: string): string {
  return text.toLowerCase().replaceAll('&', 'and').replace(/[^\p{L}]/gu, '')
}

export interface FoundState { name: string, language: string, isGuess: boolean }

/**
 * Finds the state or union territory behind a lender's spelling; a long name may have two slips, and is a guess then.
 * Undefined when it is none we know. UT, CH, MG, MI, AD and TR stand for two states each, so they are nobody's.
 */
export function findState(text: string): FoundState | undefined {
  if (text.length > LONGEST)
    return undefined
  let found = REMEMBERED.get(text)
  if (found === undefined) {
    if (REMEMBERED.size >= MEMORY)
      REMEMBERED.clear()
    found = readState(text) ?? null
    REMEMBERED.set(text, found)
  }
  return found ?? undefined
}

/** The state of a large city that stands where a state belongs; undefined for any other text. */
export function findStateOfCity(text: string): string | undefined {
  const key = stateKey(text)
  return Object.hasOwn(CITIES, key) ? CITIES[key] : undefined
}

// A file of a million rows has a few spellings; the edit distance is for each of them once.
const MEMORY = 2000
const LONGEST = 100
const REMEMBERED = new Map<string, FoundState | null>()

function readState(text: string): FoundState | undefined {
  const key = stateKey(text)
  const exact = STATE_OF.get(key)
  // Beside digits two letters are the state code of GST (`29 KA`) or anything else (`OR 1=1`); a name is a name.
  if (exact && (key.length >= SHORTEST_NAME || !/\p{N}/u.test(text)))
    return { name: exact.name, language: exact.language, isGuess: false }
  if (key.length < GUESSED_FROM || Object.hasOwn(CITIES, key))
    return undefined

  const near = [...STATE_OF].filter(([name]) => name.length >= GUESSED_FROM).map(([name, state]) => ({ state, slips: distance(name, key) }))
  const fewest = Math.min(...near.map(({ slips }) => slips))
  const states = new Set(near.filter(({ slips }) => slips === fewest).map(({ state }) => state))
  const [only] = states
  return fewest <= SLIPS && states.size === 1 ? { name: only!.name, language: only!.language, isGuess: true } : undefined
}
