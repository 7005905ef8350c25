import type { RE2JS } from 're2js';

// The library is larger than a tenth of Odradek, and few ever subscribe by expression: it is loaded
// when the first one does.
const library = (): typeof import('re2js') => require('re2js');

/** A regular expression as RE2 understands it: without lookaround and references back. */
interface TopicExpression {
  /** Whether it stands for the whole name. */
  matches(topicName: string): boolean;
}

/** The expression, or what is wrong with it. */
export function compileExpression(text: string): TopicExpression | string {
  const { RE2JS: Expression, RE2JSSyntaxException } = library();
  let compiled: RE2JS;
  try {
    compiled = Expression.compile(text);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return error.getDescription();
    throw error;
  }
  return { matches: (topicName) => compiled.matches(topicName) };
}
