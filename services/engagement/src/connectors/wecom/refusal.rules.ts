/** Sorts the refusals of WeCom. A code that stands in no list is about what was called for. */

/** Too many calls of the interface or at a time, or WeCom is busy. */
const PASSING = [-1, 45009, 45011, 45033]

/**
 * The account cannot call until somebody fixes it: its secret or corp (40001, 40013, 40091), its token (40014, 42001, 41001), ids that
 * the account lacks (41002, 41004, 41011), the app (301002, 50001, 50002, 50003), its permissions (48001, 48002, 48009, 60011), or the
 * list of trusted IP addresses (60020).
 */
const BROKEN = [
  40001, 40013, 40014, 40091, 41001, 41002, 41004, 41011, 42001, 48001, 48002, 48009, 50001, 50002, 50003, 60011, 60020, 301002,
]

/** The person is no contact of the corp, or no more. */
const NOBODY = [40096, 84061]

export const isPassing = (errcode: number): boolean => PASSING.includes(errcode)
export const isBroken = (errcode: number): boolean => BROKEN.includes(errcode)
export const isNobody = (errcode: number): boolean => NOBODY.includes(errcode)
