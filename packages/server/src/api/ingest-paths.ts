/** The routes that take records, as the OpenAPI document describes them: bodies are what clients of many makers send, not shapes of ours. */
export function ingestPaths() {
  return {
    '/v1/batch': post('Events, at most 500: `{"batch": [...], "sentAt": ...}`', 'application/json'),
    '/v1/{call}': {
      ...post('One event; with `?wait=true` the answer names the profile', 'application/json'),
      parameters: [
        {
          name: 'call',
          in: 'path' as const,
          required: true,
          schema: {
            type: 'string' as const,
            enum: ['identify', 'track', 'page', 'screen', 'group', 'alias', 'i', 't', 'p', 's', 'g', 'a'],
          },
        },
        { name: 'wait', in: 'query' as const, schema: { type: 'string' as const, enum: ['true', 'false'] } },
      ],
    },
    '/v1/signals': post('Plain envelopes: one event, or a list', 'application/json'),
    '/v1/records/{source}': {
      ...post(
        'Rows of a table, streamed as NDJSON or CSV, or a list of at most 500',
        'application/x-ndjson',
        'text/csv',
        'application/json',
      ),
      parameters: [{ name: 'source', in: 'path' as const, required: true, schema: { type: 'string' as const } }],
    },
  }
}

function post(summary: string, ...types: readonly string[]) {
  return {
    post: {
      summary,
      tags: ['ingest'],
      security: [{ writeKey: [] }, { key: [] }],
      requestBody: { required: true, content: Object.fromEntries(types.map((type) => [type, { schema: {} }])) },
      responses: {
        200: {
          description: 'All of it is durable',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/IngestAnswer' } } },
        },
        default: {
          description: 'a problem',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  }
}
