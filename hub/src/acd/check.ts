// Checks a value against a schema outside of REST, where Fastify does it: the
// same schemas, the same problem document.
import { type Static, type TSchema, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { Problem, toProblem } from '../problem.js'

type Validate = (value: unknown) => { error?: { instancePath: string; message?: string }[] }
const compiled = new WeakMap<object, Validate>()

/** The value as it is, or a Problem `validation_failed` that names the first place. */
export function check<T extends TSchema>(schema: T, value: unknown): Static<T> {
  let validate = compiled.get(schema)
  if (!validate) {
    // As of a body: nothing is converted.
    validate = TypeBoxValidatorCompiler({ schema, method: 'POST', url: '/', httpPart: 'body' } as never) as Validate
    compiled.set(schema, validate)
  }
  const { error } = validate(value)
  if (!error) return value as Static<T>
  const problem = toProblem({ validation: error, validationContext: 'request' })
  throw problem instanceof Problem ? problem : new Error('not reached')
}
