import { expect, it } from 'vitest'
import { whileReading } from './while-reading.ts'

it('computes when the query is sent, and returns both', async () => {
  const steps: string[] = []
  const read = async () => {
    await Promise.resolve()
    steps.push('sent')
    await new Promise((done) => setTimeout(done, 5))
    steps.push('read')
    return 1
  }
  const compute = () => {
    steps.push('computed')
    return 2
  }
  expect(await whileReading(read(), compute)).toEqual([1, 2])
  expect(steps).toEqual(['sent', 'computed', 'read'])
})

it('fails only when the reading has ended, so that nothing goes on in the transaction', async () => {
  let hasEnded = false
  const reading = new Promise((done) => setTimeout(done, 5)).then(() => (hasEnded = true))
  const fail = () => {
    throw new Error('no key')
  }
  await expect(whileReading(reading, fail)).rejects.toThrow('no key')
  expect(hasEnded).toBe(true)
  await expect(whileReading(Promise.reject(new Error('no database')), () => 1)).rejects.toThrow('no database')
})
