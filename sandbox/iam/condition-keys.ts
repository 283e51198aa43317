/** The number of values that a condition key can have in one request. */
type KeyKind = 'single' | 'multiple';

type Keys = Readonly<Record<string, KeyKind>>;

/**
 * Keys that every request has, provided that they apply to its caller (AWS IAM User Guide, "AWS global condition
 * context keys"; AWS Lambda Developer Guide, "Working with Lambda execution environment credentials" for
 * `lambda:SourceFunctionArn`).
 */
const GLOBAL_KEYS: Keys = {
  'aws:principalaccount': 'single',
  'aws:principalarn': 'single',
  'aws:principalisawsservice': 'single',
  'aws:principalservicename': 'single',
  'aws:requestedregion': 'single',
  'aws:securetransport': 'single',
  'aws:sourceaccount': 'single',
  'aws:sourcearn': 'single',
  'lambda:sourcefunctionarn': 'single',
};

const SECRET_KEYS: Keys = {
  'secretsmanager:secretid': 'single',
  'secretsmanager:resource/allowrotationlambdaarn': 'single',
  'secretsmanager:resourcetag/*': 'single',
  'aws:resourcetag/*': 'single',
};
const KEY_KEYS: Keys = { 'kms:calleraccount': 'single', 'kms:viaservice': 'single' };
const ENCRYPTION_KEYS: Keys = {
  ...KEY_KEYS,
  'kms:encryptioncontext:*': 'single',
  'kms:encryptioncontextkeys': 'multiple',
};
const ITEM_KEYS: Keys = { 'dynamodb:attributes': 'multiple', 'dynamodb:leadingkeys': 'multiple' };
const ITEM_READ_KEYS: Keys = { ...ITEM_KEYS, 'dynamodb:select': 'single' };
const ITEM_WRITE_KEYS: Keys = {
  ...ITEM_KEYS,
  'dynamodb:enclosingoperation': 'single',
  'dynamodb:returnvalues': 'single',
};

/**
 * The condition keys that the sandbox sets for each action, in lower case; a final `*` stands for a tag key or for a
 * key of the encryption context. Other keys cannot be evaluated.
 *
 * @see Service Authorization Reference, "Actions, resources, and condition keys" of each service
 */
const ACTION_KEYS: Readonly<Record<string, Keys>> = {
  'dynamodb:conditioncheckitem': ITEM_WRITE_KEYS,
  'dynamodb:deleteitem': ITEM_WRITE_KEYS,
  'dynamodb:getitem': ITEM_READ_KEYS,
  'dynamodb:putitem': ITEM_WRITE_KEYS,
  'dynamodb:query': ITEM_READ_KEYS,
  'dynamodb:updateitem': ITEM_WRITE_KEYS,
  'secretsmanager:cancelrotatesecret': SECRET_KEYS,
  'secretsmanager:createsecret': {
    'secretsmanager:name': 'single',
    'secretsmanager:kmskeyid': 'single',
    'aws:requesttag/*': 'single',
    'aws:tagkeys': 'multiple',
  },
  'secretsmanager:deletesecret': SECRET_KEYS,
  'secretsmanager:describesecret': SECRET_KEYS,
  'secretsmanager:getsecretvalue': {
    ...SECRET_KEYS,
    'secretsmanager:versionid': 'single',
    'secretsmanager:versionstage': 'single',
  },
  'secretsmanager:listsecretversionids': SECRET_KEYS,
  'secretsmanager:putsecretvalue': SECRET_KEYS,
  'secretsmanager:restoresecret': SECRET_KEYS,
  'secretsmanager:rotatesecret': { ...SECRET_KEYS, 'secretsmanager:rotationlambdaarn': 'single' },
  'secretsmanager:updatesecret': { ...SECRET_KEYS, 'secretsmanager:kmskeyid': 'single' },
  'secretsmanager:updatesecretversionstage': { ...SECRET_KEYS, 'secretsmanager:versionstage': 'single' },
  'kms:decrypt': ENCRYPTION_KEYS,
  'kms:describekey': KEY_KEYS,
  'kms:encrypt': ENCRYPTION_KEYS,
  'kms:generatedatakey': ENCRYPTION_KEYS,
  'kms:getkeypolicy': KEY_KEYS,
  'kms:putkeypolicy': KEY_KEYS,
  'kms:schedulekeydeletion': KEY_KEYS,
};

/**
 * The number of values that the key can have in requests for the action; undefined if the sandbox does not set the
 * key for the action.
 */
export function conditionKeyKind(action: string, key: string): KeyKind | undefined {
  const name = key.toLowerCase();
  const keys = { ...GLOBAL_KEYS, ...ACTION_KEYS[action.toLowerCase()] };
  const known = keys[name];
  if (known !== undefined) return known;
  const family = Object.entries(keys).find(
    ([pattern]) =>
      pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)) && name.length >= pattern.length,
  );
  return family?.[1];
}
