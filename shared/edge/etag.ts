/**
 * Whether If-Match lets a request through: it is `*`, or names the current entity tag. A weak tag never matches there
 * (RFC 9110, section 13.1.1).
 */
export function ifMatchHolds(header: string, etag: string): boolean {
  return header.trim() === '*' || listTags(header).includes(etag)
}

/** Whether If-None-Match says that the reader has the current one: weak tags count as well (section 13.1.2). */
export function ifNoneMatchHolds(header: string, etag: string): boolean {
  if (header.trim() === '*') return true
  return listTags(header).some((tag) => tag.replace(/^W\//, '') === etag)
}

function listTags(header: string): string[] {
  // A tag may have a comma in it, so the list is not split at commas.
  return header.match(/(?:W\/)?"[^"]*"/g) ?? []
}
