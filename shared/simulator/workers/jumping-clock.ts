const MachineDate = Date
let offsetMs = 0

class JumpingDate extends MachineDate {
  constructor(value: number | string | Date = JumpingDate.now()) {
    super(value)
  }

  static override now(): number {
    return MachineDate.now() + offsetMs
  }
}

/** From now on this Worker's clock is so far ahead of the machine's, or behind it. D1's own clock does not jump. */
export function jumpClock(ms: number): void {
  offsetMs = ms
  globalThis.Date = JumpingDate as DateConstructor
}
