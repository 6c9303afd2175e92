import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { allStarted, type Child, freePort, start } from './processes.ts'

const logs = mkdtempSync(join(tmpdir(), 'renmai-processes-'))
afterAll(() => rmSync(logs, { recursive: true }))

const run = (name: string, script: string) =>
  start(name, process.execPath, ['-e', script], { logs, ready: (line) => line.startsWith('READY') })

it('waits for processes that still start when one fails, so that they can be stopped', async () => {
  const children: Child[] = []
  const slow = run('slow', "setTimeout(() => console.log('READY'), 300); setInterval(() => {}, 1000)").then((child) => children.push(child))
  await expect(allStarted([slow, run('broken', "throw new Error('port taken')")])).rejects.toThrow(/broken ended[^]*port taken/)
  expect(children).toHaveLength(1)
  await children[0]!.stop()
  expect(children[0]!.process.signalCode).toBe('SIGTERM')
})

it('gives the wished port when it is free, and never one twice', async () => {
  const wished = await freePort()
  expect(await freePort(wished)).toBe(wished)
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(wished, '127.0.0.1', resolve))
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort(wished)))
  expect(new Set([wished, ...ports]).size).toBe(51)
  expect(Math.max(...ports)).toBeLessThan(32_768)
  server.close()
})
