import { version } from '../../version.ts';
import { type AnswerName, answers, changes } from './answers.ts';
import { object, oneOf, type Schema, text } from './kind.ts';
import { remedies } from './remedies.ts';
import type { Verb } from './verb.ts';

export const basePath = '/api/v1';

const codes = Object.keys(remedies);
/** What comes instead of an answer; docs/ERRORS.md explains the codes. */
export const failure = object<{ error: Record<'code' | 'message' | 'remedy', string> }>({
  error: object({ code: oneOf(codes), message: text, remedy: text }),
});

const refer = (name: AnswerName | 'Changes' | 'Error'): Schema => ({
  $ref: `#/components/schemas/${name}`,
});

const content = (schema: Schema) => ({ 'application/json': { schema } });

/** What a verb answers: what it asks for; or what it changed, and how that stands now. */
function answerOf({ method, answer }: Verb): Schema {
  if (method === 'GET') return refer(answer);
  return {
    type: 'object',
    properties: { changes: refer('Changes'), now: refer(answer) },
    required: ['changes', 'now'],
    additionalProperties: false,
  };
}

function operationOf(verb: Verb) {
  const parameters = Object.entries(verb.parameters);
  const inBody = parameters.filter(([, { place }]) => place === 'body');
  const body = {
    type: 'object',
    properties: Object.fromEntries(
      inBody.map(([name, { kind, about }]) => [name, { ...kind.schema, description: about }]),
    ),
    required: inBody.filter(([, { required }]) => required).map(([name]) => name),
    additionalProperties: false,
  } as const;
  return {
    operationId: verb.name,
    summary: verb.about,
    parameters: parameters
      .filter(([, { place }]) => place === 'path')
      .map(([name, { kind, about }]) => ({
        name,
        in: 'path',
        required: true,
        description: about,
        schema: kind.schema,
      })),
    ...(inBody.length === 0
      ? {}
      : { requestBody: { required: body.required.length > 0, content: content(body) } }),
    responses: {
      200: { description: 'done', content: content(answerOf(verb)) },
      default: { description: 'refused, or not come about', content: content(refer('Error')) },
    },
  };
}

/** The verbs as an OpenAPI 3.1 document. */
export function openApi(verbs: readonly Verb[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const verb of verbs) {
    paths[verb.path] = { ...paths[verb.path], [verb.method.toLowerCase()]: operationOf(verb) };
  }
  const schemas = Object.entries(answers).map(([name, { schema }]) => [name, schema]);
  return {
    openapi: '3.1.0',
    info: { title: 'Odradek', version },
    servers: [{ url: basePath }],
    paths,
    components: {
      schemas: { ...Object.fromEntries(schemas), Changes: changes.schema, Error: failure.schema },
    },
  };
}
