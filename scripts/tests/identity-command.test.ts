import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { afterAll, describe, expect, it } from 'vitest'
import { measureMatching } from '../benches/identity-matching.ts'
import { createHistorical } from '../benches/matching/create-historical.ts'
import { ROOT } from '../stack/paths.ts'

const folder = mkdtempSync(join(tmpdir(), 'renmai-identity-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const at = (name: string) => join(folder, name)
const put = (name: string, content: string | Buffer): string => {
  writeFileSync(at(name), content)
  return at(name)
}
const run = (...args: string[]) => spawnSync(process.execPath, [`${ROOT}scripts/identity.ts`, ...args], { encoding: 'utf8', cwd: folder })
const readPairs = (name: string) =>
  parse(readFileSync(at(name), 'utf8'), { columns: true }) as { id_a: string; id_b: string; probability: string; cluster: string }[]

const ROWS = createHistorical(120, 4)
const TRUTH = new Map(ROWS.map(({ unique_id, cluster }) => [unique_id!, cluster!]))
const SMALL = 'id,name,born\n1,王伟,1990-05-17\n2,王偉,1990-05-17\n3,李娜,1985-01-02\n'

describe('dedupe', () => {
  it('lists each pair of records of one person once, with a report and a sample', () => {
    put('people.csv', stringify(ROWS, { header: true }))
    const found = run(
      'dedupe',
      'people.csv',
      '--id',
      'unique_id',
      '--out',
      'pairs.csv',
      '--report',
      'report.html',
      '--sample',
      'sample.csv',
    )
    expect(found).toMatchObject({ status: 0, stderr: '' })
    expect(found.stdout).toMatch(/birth_place +city[\s\S]*estimated precision +0\.\d+ \(/)
    const pairs = readPairs('pairs.csv')
    const right = pairs.filter(({ id_a, id_b }) => TRUTH.get(id_a) === TRUTH.get(id_b)).length
    const sizes = [...Map.groupBy(ROWS, ({ cluster }) => cluster).values()].map(({ length }) => (length * (length - 1)) / 2)
    expect((2 * right) / (pairs.length + sizes.reduce((sum, size) => sum + size, 0))).toBeGreaterThan(0.85)
    expect(new Set(pairs.map(({ id_a, id_b }) => [id_a, id_b].sort().join(' '))).size).toBe(pairs.length)
    // A cluster of n records has n(n-1)/2 pairs.
    for (const group of Map.groupBy(pairs, ({ cluster }) => cluster).values()) {
      const members = new Set(group.flatMap(({ id_a, id_b }) => [id_a, id_b])).size
      expect(group).toHaveLength((members * (members - 1)) / 2)
    }
    const report = readFileSync(at('report.html'), 'utf8')
    expect(report).toContain('Estimated recall 估计召回率')
    expect(report).not.toMatch(/<script|https?:/)
    expect(readFileSync(at('sample.csv'), 'utf8').split('\n').length).toBeGreaterThan(20)
  })

  it('reads only the columns that the map names', () => {
    put('small.csv', SMALL)
    const map = put('map.json', '{"name": "full_name", "born": null}')
    const found = run('dedupe', 'small.csv', '--id', 'id', '--map', map, '--out', 'small-pairs.csv')
    expect(found.status).toBe(0)
    expect(found.stdout).toContain('full_name')
    expect(found.stdout).not.toContain('birth_date')
  })

  it.each([
    ['UTF-16', Buffer.from(`\uFEFF${SMALL}`, 'utf16le')],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${SMALL}`)],
    ['semicolons', Buffer.from(SMALL.replaceAll(',', ';'))],
    [
      'GB18030',
      Buffer.concat([Buffer.from('id,name,born\r\n1,'), Buffer.from([0xcd, 0xf5, 0xce, 0xb0]), Buffer.from(',1990-05-17\r\n2,b,\r\n')]),
    ],
  ])('reads %s', (_what, bytes) => {
    put('encoded.csv', bytes)
    expect(run('dedupe', 'encoded.csv', '--id', 'id', '--out', 'encoded-pairs.csv')).toMatchObject({ status: 0, stderr: '' })
  })
})

it('link lists pairs of records of different files, and names the files when ids collide', () => {
  put('a.csv', 'id,name,phone\n1,王伟,13712345678\n2,李娜,13898765432\n')
  put('b.csv', 'id,full name,mobile\n1,王偉,13712345678\n2,赵敏,13555550000\n')
  expect(run('link', 'a.csv', 'b.csv', '--id', 'id', '--out', 'linked.csv')).toMatchObject({ status: 0, stderr: '' })
  const [header, ...rows] = readFileSync(at('linked.csv'), 'utf8').trim().split('\n')
  expect(header).toBe('id_a,id_b,probability,cluster,file_a,file_b')
  expect(rows.map((row) => row.replace(/0\.\d+|1\.0+/, 'p'))).toEqual(['1,1,p,1,a.csv,b.csv'])
})

describe('input that its user can correct', () => {
  it.each([
    ['FILE_UNREADABLE', undefined, undefined, 'id'],
    ['FILE_EMPTY', '', undefined, 'id'],
    ['FILE_EMPTY', 'id,name\n', undefined, 'id'],
    ['ID_COLUMN_MISSING', SMALL, undefined, 'key'],
    ['ID_TWICE', `${SMALL}3,李娜,1985-01-02\n`, undefined, 'id'],
    ['ID_EMPTY', `${SMALL},李娜,1985-01-02\n`, undefined, 'id'],
    ['ROW_RAGGED', `${SMALL}4,李娜\n`, undefined, 'id'],
    ['COLUMN_TWICE', 'id,name,name\n1,a,b\n', undefined, 'id'],
    ['ENCODING_UNKNOWN', Buffer.from([0x69, 0x64, 0x0a, 0xff, 0xff, 0xff]), undefined, 'id'],
    ['NOTHING_TO_COMPARE', 'id,x\n1,a\n', undefined, 'id'],
    ['NOTHING_TO_COMPARE', 'id,name\n1,\n2,\n', undefined, 'id'],
    ['MAP_COLUMN_UNKNOWN', SMALL, '{"surname": "family_name"}', 'id'],
    ['MAP_KIND_UNKNOWN', SMALL, '{"name": "nom"}', 'id'],
    ['MAP_NOT_JSON', SMALL, 'name: full_name', 'id'],
  ])('%s', (code, content, map, id) => {
    const name = 'bad.csv'
    rmSync(at(name), { force: true })
    if (content !== undefined) put(name, content)
    const args = map === undefined ? [] : ['--map', put('bad-map.json', map)]
    const { status, stderr } = run('dedupe', name, '--id', id, '--out', 'bad-pairs.csv', ...args)
    expect(stderr).toMatch(new RegExp(`^${code}: .+\n$`))
    expect(status).toBe(2)
    expect(existsSync(at('bad-pairs.csv'))).toBe(false)
  })

  it('leaves no part of a file that cannot be written', () => {
    put('small.csv', SMALL)
    expect(run('dedupe', 'small.csv', '--id', 'id', '--out', 'no-folder/pairs.csv')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^OUTPUT_UNWRITABLE/),
    })
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('exits with 2 for options that are missing', () => {
    expect(run('dedupe', 'small.csv').status).toBe(2)
    expect(run('link', 'small.csv', '--id', 'id', '--out', 'x.csv').status).toBe(2)
    expect(run('--help').status).toBe(0)
  })
})

it('the bench of matching measures pairs and their accuracy', async () => {
  const line = await measureMatching({ people: 200, seed: 2, rounds: 1 })
  expect(line).toMatchObject({ ratio: expect.any(Number), value: expect.any(Number), limitValue: expect.any(Number) })
  expect((line as { f1: number }).f1).toBeGreaterThan(0.85)
})

it.each(['dataset1', 'dataset2'])('finds the duplicates of FEBRL %s without its national identifier', (name) => {
  const file = `${ROOT}../shared/data/febrl/${name}.csv`
  if (!existsSync(file)) return void process.stderr.write(`skipped: ${file} is not here\n`)
  expect(run('dedupe', file, '--id', 'rec_id', '--out', `${name}.csv`).status).toBe(0)
  const pairs = readPairs(`${name}.csv`)
  const person = (id: string) => /rec-(\d+)/.exec(id)?.[1]
  const ids = (parse(readFileSync(file), { columns: true, trim: true }) as { rec_id: string }[]).map(({ rec_id }) => rec_id)
  const all = [...Map.groupBy(ids, person).values()].reduce((sum, { length }) => sum + (length * (length - 1)) / 2, 0)
  const right = pairs.filter(({ id_a, id_b }) => person(id_a) === person(id_b)).length
  expect((2 * right) / (pairs.length + all)).toBeGreaterThan(0.99)
})
