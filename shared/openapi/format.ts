/** JSON Schema, draft 2020-12: as much of it as is looked into here. */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** Where a document keeps its schemas. */
export const SCHEMAS = '#/components/schemas/'

export type ParameterObject = {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  description: string
  schema: JsonSchema
  example?: unknown
}
export type Content = Record<string, { schema: JsonSchema; example?: unknown }>
export type HeaderObjects = Record<string, { description: string; schema: JsonSchema }>
export type ResponseObject = { description: string; headers?: HeaderObjects; content?: Content }
export type OperationObject = {
  operationId: string
  tags: string[]
  summary: string
  description: string
  parameters: ParameterObject[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, ResponseObject>
  security?: Record<string, string[]>[]
}

/** A document of OpenAPI 3.1, as far as it is used here. Each method of a path is in small letters. */
export type OpenApiDocument = {
  openapi: string
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } }
  servers: { url: string; description: string }[]
  security: Record<string, string[]>[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, OperationObject>>
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, Record<string, string>> }
}
