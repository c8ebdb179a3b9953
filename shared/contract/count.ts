/** Lists are counted up to here: beyond it a count is no figure that anybody works with, and costs a row each. */
export const MAX_COUNT = 200
