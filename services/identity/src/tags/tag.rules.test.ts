import { expect, it } from 'vitest'
import { foldName } from './tag.rules.ts'

it('tag names are the same whatever their case and width', () => expect(foldName(' ＶＩＰ客户 ')).toBe(foldName('vip客户')))
