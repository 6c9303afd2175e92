import type { Column } from '../../../services/identity/src/matching/kinds.rules.ts'
import { type Chance, createChance } from '../../identity/chance.ts'
import { FAMILIES, MEN, TRADES, WOMEN } from './names.ts'

export type Row = Record<string, string>

/** The columns of a record that are compared. */
export const COLUMNS: Column[] = [
  { name: 'full_name', kind: 'full_name' },
  { name: 'dob', kind: 'birth_date' },
  { name: 'birth_place', kind: 'city' },
  { name: 'postcode_fake', kind: 'postcode' },
  { name: 'gender', kind: 'gender' },
  { name: 'occupation', kind: 'occupation' },
]

type Place = { town: string; wards: string[]; postcodes: string[] }
type Person = {
  id: string
  given: string[]
  family: string
  titles: string[]
  born: Date
  gender: string
  trades: string[]
  place: Place
  otherPlace: Place | undefined
  birthPlace: string
}

const SHORT = new Map<string, string[]>()
const readNames = (text: string) =>
  text.split('|').map((entry) => {
    const [name = '', short] = entry.split(':')
    SHORT.set(name, short?.split(',') ?? [])
    return name
  })
const NAMES = { male: readNames(MEN), female: readNames(WOMEN) }
const ALL_TRADES = TRADES.split('|')
const PARTS = [
  'ash',
  'bur',
  'chel',
  'wake',
  'hart',
  'lang',
  'mor',
  'pem',
  'thorn',
  'wel',
  'stan',
  'brad',
  'cran',
  'hollo',
  'win',
  'strat',
  'ged',
  'kil',
  'ros',
  'tre',
]
const ENDS = [
  'ton',
  'ham',
  'field',
  'ley',
  'worth',
  'wick',
  'by',
  'ford',
  'well',
  'more',
  'stone',
  'man',
  'ridge',
  'den',
  'bury',
  'combe',
  'dale',
  'er',
  'ard',
  'son',
]
const MADE = PARTS.flatMap((part) => ENDS.map((end) => part + end))

/**
 * Records of people of earlier centuries, several of each person: later records of one person have more errors and more
 * missing values. Families share a name, a place and years.
 */
export function createHistorical(people: number, seed: number, hardness = 1): Row[] {
  const chance = createChance(seed)
  const families = [...FAMILIES.split('|'), ...MADE.flatMap((name) => [name, `${name}e`]), ...PARTS.flatMap((a) => PARTS.map((b) => a + b))]
  const places = Array.from({ length: 900 }, () => createPlace(chance))
  const all: Person[] = []
  for (let index = 0; index < people; index++) all.push(createPerson(chance, index, families, places, all.at(-1)))
  return all.flatMap((person) => recordsOf(chance, person, hardness))
}

function createPlace(chance: Chance): Place {
  const area = chance.pick('AB BA BS CB CF DE EX GL HR LE LN LS NE NR OX PL SE SW TQ TR W WR YO'.split(' ')) + (1 + chance.below(30))
  const unit = () => `${area} ${chance.below(10)}${chance.pick('ABDEFGHJLN'.split(''))}${chance.pick('PQRSTUWXYZ'.split(''))}`
  const town = chance.pick(PARTS) + chance.pick(['ford', 'ton', 'bury', 'mouth', 'chester', 'minster', 'stow', 'pool'])
  return {
    town,
    wards: [`${town} ${chance.pick(['north', 'south', 'st mary', 'castle'])}`, chance.pick(MADE)],
    postcodes: Array.from({ length: 10 }, unit),
  }
}

function createPerson(chance: Chance, index: number, families: string[], places: Place[], before: Person | undefined): Person {
  const relative = chance.is(0.15) ? before : undefined
  const gender = chance.is(0.8) ? 'male' : 'female'
  const middle = chance.is(0.45) ? [chance.is(0.6) ? chance.pickSkewed(NAMES[gender]) : chance.pick(families)] : []
  const place = relative?.place ?? chance.pickSkewed(places)
  const family = relative?.family ?? (chance.is(0.5) ? chance.pickSkewed(families) : chance.pick(families))
  return {
    id: `Q${100_000 + index}`,
    given: [chance.pickSkewed(NAMES[gender]), ...middle],
    family,
    titles: titlesOf(chance, families),
    born: new Date(Date.UTC(yearOf(chance, relative), chance.is(0.15) ? 0 : chance.below(12), 1 + chance.below(28))),
    gender,
    trades: Array.from({ length: 1 + chance.below(4) }, () => chance.pickSkewed(ALL_TRADES)),
    place,
    otherPlace: chance.is(0.35) ? chance.pick(places) : undefined,
    birthPlace: chance.is(0.7) ? place.town : chance.pick(place.wards),
  }
}

function titlesOf(chance: Chance, families: string[]): string[] {
  if (chance.is(0.08)) return [`1st baron ${chance.pick(families)}`, 'sir']
  return chance.is(0.1) ? ['sir'] : []
}

/** Later centuries have more people; a relative is up to a generation younger. */
function yearOf(chance: Chance, relative: Person | undefined): number {
  if (relative) return relative.born.getUTCFullYear() + chance.below(30)
  return 1600 + Math.floor(340 * Math.sqrt(chance.below(1000) / 1000))
}

function recordsOf(chance: Chance, person: Person, hardness: number): Row[] {
  const count = 1 + Math.floor((19 * chance.below(1000)) / 1000)
  return Array.from({ length: count }, (_none, index) => {
    const late = index / Math.max(count - 1, 1)
    const [worse, none] = index === 0 ? [0, 0] : [hardness * (0.1 + 0.55 * late), hardness * 0.42 * late]
    const name = nameOf(chance, person, worse, none)
    const words = name.replaceAll(',', '').split(' ').filter(Boolean)
    const or = (probability: number, value: string) => (chance.is(probability) ? '' : value)
    return {
      unique_id: `${person.id}-${index + 1}`,
      cluster: person.id,
      full_name: name,
      first_and_surname: words.length > 1 ? `${words[0]} ${words.at(-1)}` : name,
      first_name: words[0] ?? '',
      surname: words.length > 1 ? words.at(-1)! : '',
      dob: or(none, bornOf(chance, person, worse)),
      birth_place: or(
        none,
        chance.is(worse) ? chance.pick([person.birthPlace, person.place.town, ...person.place.wards]) : person.birthPlace,
      ),
      postcode_fake: or(none, postcodeOf(chance, person, worse)),
      gender: or(none, chance.is(worse * 0.1) ? 'female' : person.gender),
      occupation: or(none, chance.is(worse) ? chance.pick(person.trades) : person.trades[0]!),
    }
  })
}

function nameOf(chance: Chance, { given, family, titles }: Person, worse: number, none: number): string {
  let words = [...given, ...family.split(' ')]
  if (titles[0]?.startsWith('1st')) words = [...words.slice(0, -1), `${family},`, ...titles[0].split(' ')]
  if (chance.is(worse)) {
    const kind = chance.below(10)
    if (kind < 5)
      words = chance.pick([
        [given[0]!, family],
        [...given, family],
        [...titles.slice(-1), given[0]!, family],
        [given.at(-1)!, family],
        words,
      ])
    else if (kind < 8) words = words.map((word) => (SHORT.get(word)?.length ? chance.pick([word, ...SHORT.get(word)!]) : word))
    else words = mistype(chance, words.join(' ')).split(' ')
  }
  if (chance.is(none)) words = words.filter((_word, at) => chance.is(at === 0 || at === words.length - 1 ? 0.6 : 0.5))
  return words.join(' ').replace(/,$/, '')
}

function bornOf(chance: Chance, { born }: Person, worse: number): string {
  const text = born.toISOString().slice(0, 10)
  if (!chance.is(worse)) return text
  const kind = chance.below(3)
  if (kind === 0) return `${text.slice(0, 4)}-01-01`
  if (kind === 1) return new Date(born.getTime() + (chance.below(61) - 30) * 86_400_000).toISOString().slice(0, 10)
  const at = chance.pick([2, 3, 5, 6, 8, 9])
  return text.slice(0, at) + chance.below(10) + text.slice(at + 1)
}

function postcodeOf(chance: Chance, { place, otherPlace }: Person, worse: number): string {
  if (!chance.is(worse)) return place.postcodes[0]!
  return otherPlace && chance.is(0.5) ? chance.pick(otherPlace.postcodes) : chance.pick(place.postcodes)
}

/** One wrong, missing, doubled or exchanged letter. */
function mistype(chance: Chance, text: string): string {
  const at = chance.below(text.length)
  const rest = text.slice(at + 1)
  const letter = String.fromCharCode(97 + chance.below(26))
  return text.slice(0, at) + chance.pick([letter + rest, rest, text[at]! + letter + rest, rest.slice(0, 1) + text[at] + rest.slice(1)])
}
