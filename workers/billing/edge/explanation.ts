import { sentTexts } from '../../../shared/text/text.ts'

/** A text in which somebody says why they do something that others are told of. Its line breaks stay. */
export function explanation(question: string) {
  return sentTexts.required({ most: 1_000, lineBreaks: true, question })
}
