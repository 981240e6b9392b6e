import type { Condition, Operand, Scalar, SegmentDefinition } from './definition';
import { OPERATORS, type Operator, type OperatorFacts } from './operators';

/** The segment as one plain English sentence, read from its definition. */
export function explainSegment(segment: Pick<SegmentDefinition, 'when'>): string {
  return `Customers for whom ${explainCondition(segment.when)}.`;
}

/** A condition as a clause: 'recency days is at most 30 and (value tier is top or value tier is high)'. */
export function explainCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'all':
    case 'any': {
      const word = condition.kind === 'all' ? ' and ' : ' or ';
      if (condition.conditions.length === 1) return explainCondition(condition.conditions[0] as Condition);
      return condition.conditions.map(explainInside).join(word);
    }
    case 'not':
      return `it is not so that ${explainInside(condition.condition)}`;
    case 'segment':
      return `the segment ${condition.key} holds them`;
    case 'field':
      return `${condition.field.replaceAll('_', ' ')} ${phraseOf(condition.operator, condition.operand)}`;
  }
}

function explainInside(condition: Condition): string {
  const isJoined = (condition.kind === 'all' || condition.kind === 'any') && condition.conditions.length > 1;
  return isJoined ? `(${explainCondition(condition)})` : explainCondition(condition);
}

/** `is` and `is_not` read the same for every type, so the type of the field does not matter here. */
function phraseOf(operator: Operator, operand: Operand): string {
  const facts = Object.values(OPERATORS)
    .map((table) => (table as Partial<Record<Operator, OperatorFacts>>)[operator])
    .find((one) => one !== undefined) as OperatorFacts;
  const list = Array.isArray(operand) ? operand : [operand];
  const words: Record<string, string> = {
    x: wordsOf(facts, list as readonly Scalar[]),
    from: String(list[0]),
    to: String(list[1]),
  };
  return facts.phrase.replace(/\{(x|from|to)\}/g, (_match, name: string) => words[name] ?? '');
}

function wordsOf(facts: OperatorFacts, list: readonly Scalar[]): string {
  if (facts.operand === 'flag') return list[0] === true ? 'known' : 'not known';
  if (facts.operand === 'days') return `${list[0]} ${list[0] === 1 ? 'day' : 'days'}`;
  const texts = list.map(String);
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
}
