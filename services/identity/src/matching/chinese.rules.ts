import { Converter } from 'opencc-js/t2cn'
import { pinyin } from 'pinyin-pro'

const COMPOUND =
  /^(欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳|公冶|太叔|申屠|公孙|慕容|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|令狐|百里|呼延|东郭|南门)/

let converter: ((text: string) => string) | undefined

/** The same text in simplified characters, from traditional ones of Taiwan and Hong Kong and from common variants. */
export function simplify(text: string): string {
  // The tables of the converter are built on first use: files without Chinese text do not wait for them.
  const convert = (converter ??= Converter({ from: 't', to: 'cn' }))
  return convert(text)
}

/** Syllables of a name in Hanyu Pinyin without tones; a family name has the sound that it has as a name (曾 zeng, 单 shan). */
export function readingOf(name: string, isFamily: boolean): string[] {
  return pinyin(name, { toneType: 'none', type: 'array', v: true, surname: isFamily ? 'head' : 'off' })
}

/** Family name and given name of a Chinese name of two or more characters without a space. */
export function splitName(name: string): { family: string; given: string } {
  const length = name.length > 2 && COMPOUND.test(name) ? 2 : 1
  return name.length === 1 ? { family: name, given: '' } : { family: name.slice(0, length), given: name.slice(length) }
}
