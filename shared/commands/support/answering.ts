const ANSWERS_WITHIN_MS = 5_000

/** Whether the app is well: whatever else comes, or comes too late, it is not. */
export async function isAnswering(origin: string): Promise<boolean> {
  try {
    const answer = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) })
    // The time runs out while the body is read, too.
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}
