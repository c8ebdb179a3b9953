const COLOURED = process.stdout.isTTY && process.env['NO_COLOR'] === undefined

export function bold(text: string): string {
  return COLOURED ? `\u001B[1m${text}\u001B[22m` : text
}

export function dim(text: string): string {
  return COLOURED ? `\u001B[2m${text}\u001B[22m` : text
}

/** 12,450: a number for people. */
export function spell(number: number): string {
  return number.toLocaleString('en')
}

/** 1 order, 2 orders. */
export function count(number: number, noun: string): string {
  return `${spell(number)} ${noun}${number === 1 ? '' : 's'}`
}
