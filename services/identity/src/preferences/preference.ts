/** Most settings of one person. */
export const MOST_PREFERENCES = 100
