export type Variable = {
  name: string
  type: 'TEXT' | 'NUMBER' | 'COUPON'
  defaultValue: string | null
}
/** @throws AppError INVALID when the source is not Liquid or uses a variable that is not declared */
export declare function checkSource(field: string, source: string, variables: Variable[]): void
/**
 * The values that a message carries.
 * @returns the values, or the first variable that has none
 */
export declare function fillVariables(
  variables: Variable[],
  given: Record<string, string>,
):
  | {
      values: Record<string, string>
    }
  | {
      missing: string
    }
