// The type of an app whose schemas give the types of its handlers. No code of
// its own; routes_*.ts need it and routes.ts needs them.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'

/** The app with TypeBox types. */
export const typed = (app: FastifyInstance) => app.withTypeProvider<TypeBoxTypeProvider>()
