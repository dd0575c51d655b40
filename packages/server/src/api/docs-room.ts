import { createHash } from 'node:crypto'
import swagger from '@fastify/swagger'
import scalar from '@scalar/fastify-api-reference'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { Context } from '../http/context.ts'
import { ingestPaths } from './ingest-paths.ts'

/** `/openapi.json`, made of the shapes that validate, and `/docs`, which shows it. To be registered before what it describes. */
export async function docsRoom(app: FastifyInstance, { config }: Context): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Selfsame',
        version: config.version,
        description:
          'Who each record belongs to, and why. A key belongs to one space; a person names the space in X-Selfsame-Space. Lists come in pages: `next` is the cursor of the page after.',
      },
      components: {
        securitySchemes: {
          writeKey: { type: 'http', scheme: 'basic', description: 'a write key as the user name, without a password' },
          key: { type: 'http', scheme: 'bearer', description: 'an API key of a space' },
        },
      },
      security: [{ key: [] }],
      paths: ingestPaths(),
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) =>
    reply.header('content-type', 'application/json; charset=utf-8').send(app.swagger()),
  )
  await app.register(async (page) => {
    // The page begins with a script of its own, which is let through by its hash.
    page.addHook('onSend', async (_request, reply, payload) => {
      const scripts = typeof payload === 'string' ? [...payload.matchAll(/<script[^>]*>([^<]+)<\/script>/g)] : []
      const hashes = scripts.map(
        ([, text]) =>
          ` 'sha256-${createHash('sha256')
            .update(text ?? '')
            .digest('base64')}'`,
      )
      reply.header(
        'content-security-policy',
        `default-src 'none'; script-src 'self'${hashes.join('')}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'`,
      )
      return payload
    })
    await page.register(scalar, {
      routePrefix: '/docs',
      configuration: { url: '/openapi.json', pageTitle: 'Selfsame API', withDefaultFonts: false, telemetry: false },
    })
  })
}
