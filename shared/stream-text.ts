/**
 * The parts as a body, each made when the one before it was sent. Throws what the first one throws, before anything is
 * answered; what fails later breaks the transfer off, so that half a file does not look whole.
 */
export async function streamText(parts: AsyncGenerator<string, void>): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder()
  let made = await parts.next()
  return new ReadableStream({
    async pull(controller) {
      if (made.done === true) {
        controller.close()
        return
      }
      controller.enqueue(encoder.encode(made.value))
      made = await parts.next()
    },
    async cancel() {
      await parts.return()
    },
  })
}
