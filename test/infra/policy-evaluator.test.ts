import { isAllowed, type PolicyStatement } from './policy-evaluator';

/** Cases worked out from the IAM user guide, none from policies of this repository. */
const allow = (Action: string | string[], Resource: string | string[], Condition?: PolicyStatement['Condition']) =>
  ({ Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}) }) as PolicyStatement;
const deny = (Action: string, Resource: string): PolicyStatement => ({ Effect: 'Deny', Action, Resource });
const call = (action: string, resource: string | string[], context = {}) => ({
  action,
  resources: [resource].flat(),
  context,
});

const OBJECT = 'arn:aws:s3:::bucket/folder/file';

test.each([
  ['nothing allows it', [], call('s3:GetObject', OBJECT), false],
  ['the very action on the very resource', [allow('s3:GetObject', OBJECT)], call('s3:GetObject', OBJECT), true],
  ['another action', [allow('s3:GetObject', OBJECT)], call('s3:PutObject', OBJECT), false],
  ['an action in other capitals', [allow('S3:getobject', OBJECT)], call('s3:GetObject', OBJECT), true],
  ['a resource in other capitals', [allow('s3:GetObject', OBJECT)], call('s3:GetObject', OBJECT.toUpperCase()), false],
  ['an action by its beginning', [allow('s3:Get*', OBJECT)], call('s3:GetObject', OBJECT), true],
  ['a longer action', [allow('s3:GetObject', OBJECT)], call('s3:GetObjectAcl', OBJECT), false],
  ['* reaches over /', [allow('s3:GetObject', 'arn:aws:s3:::bucket/*')], call('s3:GetObject', OBJECT), true],
  ['a neighbouring folder', [allow('s3:GetObject', 'arn:aws:s3:::bucket/fold/*')], call('s3:GetObject', OBJECT), false],
  ['? is one character', [allow('s3:GetObject', `${OBJECT.slice(0, -1)}?`)], call('s3:GetObject', OBJECT), true],
  ['? is not none', [allow('s3:GetObject', `${OBJECT}?`)], call('s3:GetObject', OBJECT), false],
  ['a dot is a dot', [allow('s3:GetObject', 'arn:aws:s3:::a.b')], call('s3:GetObject', 'arn:aws:s3:::axb'), false],
  ['a Deny wins', [allow('s3:*', '*'), deny('s3:GetObject', OBJECT)], call('s3:GetObject', OBJECT), false],
  ['a Deny of something else', [allow('s3:*', '*'), deny('s3:PutObject', '*')], call('s3:GetObject', OBJECT), true],
  ['one of several resources is not allowed', [allow('glue:GetTable', 'a')], call('glue:GetTable', ['a', 'b']), false],
  ['several statements together', [allow('x:Y', 'a'), allow('x:Y', 'b')], call('x:Y', ['a', 'b']), true],
  ['all that begins so, by a pattern for all of it', [allow('x:Y', 'a/*')], call('x:Y', 'a/b*'), true],
  ['all that begins so, by one of them', [allow('x:Y', 'a/b1')], call('x:Y', 'a/b*'), false],
])('%s', (_, statements, asked, expected) => {
  expect(isAllowed(statements as PolicyStatement[], asked)).toBe(expected);
});

const PREFIX = { StringLike: { 's3:prefix': ['shop/*', 'shop/'] } };

test.each([
  ['a prefix below', PREFIX, { 's3:prefix': 'shop/orders/' }, true],
  ['the prefix itself', PREFIX, { 's3:prefix': 'shop/' }, true],
  ['a key in other capitals', PREFIX, { 'S3:Prefix': 'shop/' }, true],
  ['another prefix', PREFIX, { 's3:prefix': 'other/' }, false],
  ['no prefix', PREFIX, {}, false],
  ['no prefix, if it exists', { StringLikeIfExists: PREFIX.StringLike }, {}, true],
  ['two operators', { ...PREFIX, StringEquals: { 'aws:x': 'y' } }, { 's3:prefix': 'shop/', 'aws:x': 'z' }, false],
  ['true and "true"', { Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:SecureTransport': 'True' }, true],
  ['an ARN', { ArnLike: { 'aws:PrincipalArn': 'arn:*:role/a/*' } }, { 'aws:PrincipalArn': 'arn:x:role/a/b' }, true],
])('condition: %s', (_, condition, context, expected) => {
  expect(isAllowed([allow('s3:ListBucket', '*', condition)], call('s3:ListBucket', 'b', context))).toBe(expected);
});

test.each([
  [{ ...allow('a:B', '*'), NotAction: 'c:D' }],
  [allow('a:B', '*', { NumericLessThan: { 'x:y': '1' } })],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable.
  [allow('a:B', 'arn:${aws:username}')],
])('what is not understood throws: %j', (statement) => {
  expect(() => isAllowed([statement], call('a:B', 'x', { 'x:y': '0' }))).toThrow(/does not know/);
});
