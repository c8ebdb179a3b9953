type Close = () => Promise<void>

const closes: Close[] = []

/** Lets what a test file has started be closed at its end. */
export function closeAtEnd(close: Close): void {
  closes.push(close)
}

/** Closes all that was started. */
export async function closeAll(): Promise<void> {
  await Promise.all(closes.splice(0).map((close) => close()))
}
