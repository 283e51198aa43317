/** Why an undisturbed rotation makes each of its calls, by function and operation. */
export const CALL_REASONS: Readonly<Record<string, string>> = {
  'rotation secretsmanager:DescribeSecret':
    'At `createSecret`, `testSecret` and `finishSecret`: a version that is AWSCURRENT is not rotated again, and one that is not AWSCURRENT is not confirmed. `setSecret` needs none. Then the polls that find AWSCURRENT moved.',
  'rotation kms:GenerateDataKey':
    "Seals the RotationToken. Otherwise everyone who may read the execution's input could use it.",
  'rotation states:StartExecution': 'Starts the workflow. A retry attaches to it by the same name.',
  'fetch secretsmanager:DescribeSecret': 'The staging labels decide where the rotation goes.',
  'fetch secretsmanager:GetSecretValue':
    'Finds a value that is not a credential, or has no room for new tokens, before anything is spent.',
  'refresh secretsmanager:GetSecretValue':
    'The refresh token of AWSCURRENT. Secrets do not travel in the state, and a redrive must see a corrected value.',
  'refresh dynamodb:GetItem':
    'The token: whether it was exchanged before, or is being exchanged by another attempt. The lineage: whether the journal has a newer pair.',
  'refresh kms:GenerateDataKey': 'The key that seals the new tokens, before the old one is spent.',
  'refresh dynamodb:PutItem':
    'Marks the token as being exchanged. Of two attempts at the same time, one is refused.',
  'refresh dynamodb:TransactWriteItems':
    'Records the new pair in the journal: the copy that every later rotation finds, also when this execution is lost.',
  'store-pending secretsmanager:GetSecretValue':
    'Merges the new tokens into the value that is AWSCURRENT at this moment. An edit since the refresh is kept.',
  'store-pending kms:Decrypt': 'Opens the new tokens and the RotationToken.',
  'store-pending dynamodb:GetItem':
    'The token: records the pair if `refresh` could not. The lineage: a pair that is not the newest any more is not stored.',
  'store-pending secretsmanager:PutSecretValue': 'Stores the new tokens.',
  'verify secretsmanager:GetSecretValue': 'Verifies what is stored, not what was in memory.',
  'promote secretsmanager:DescribeSecret':
    'Moves AWSCURRENT only to a version with AWSPENDING, and only from the version that `store-pending` read.',
  'promote dynamodb:UpdateItem':
    'Claims the new token, so that no other execution exchanges it before AWSCURRENT has moved.',
  'promote secretsmanager:UpdateSecretVersionStage': 'Moves AWSCURRENT.',
  'notify dynamodb:GetItem': 'After the rotation: whether an earlier failure was reported that is over now.',
};
