import { expect, it } from 'vitest'
import { isZone } from './zone.ts'

it('takes the names that browsers and spreadsheets send, and no others', () => {
  const current = ['UTC', 'Etc/UTC', 'Asia/Kolkata', 'Asia/Ho_Chi_Minh', 'Europe/Kyiv', 'America/Argentina/Buenos_Aires']
  const former = ['Asia/Calcutta', 'Asia/Saigon', 'Europe/Kiev', 'America/Buenos_Aires', 'America/Port-au-Prince', 'US/Eastern']
  expect([...current, ...former].filter((name) => !isZone(name))).toEqual([])
  const others = ['', '+08:00', 'UTC+8', 'IST', 'CST', 'asia/shanghai', 'Asia/Nowhere', 'China Standard Time', 'Asia/Shanghai ']
  expect(others.filter(isZone)).toEqual([])
})
