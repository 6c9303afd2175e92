import type { Tx } from '@renmai/platform/db'
/** Follows merges to the customer that stands for an id today; ids nobody has are left out. */
export declare function survivorsOf(
  tx: Tx,
  ids: readonly string[],
): Promise<
  Map<
    string,
    {
      id: string
      createdAt: Date
    }
  >
>
