/** Why a rotation that nothing disturbs makes each of its calls; by the function and the operation. */
export const CALL_REASONS: Readonly<Record<string, string>> = {
  'rotation secretsmanager:DescribeSecret':
    'At `createSecret`, `testSecret` and `finishSecret`: what is current already is not rotated again, and what is not current is not confirmed. `setSecret` needs none.',
  'rotation kms:GenerateDataKey':
    "Seals the RotationToken, which everybody who may look at the execution's input would read otherwise.",
  'rotation states:StartExecution': 'Starts the workflow; a retry attaches to it by the same name.',
  'rotation states:DescribeExecution': 'The look that finds the execution closed.',
  'fetch secretsmanager:DescribeSecret':
    'The labels decide where the rotation goes on. The list below has them, too, but lags behind.',
  'fetch secretsmanager:GetSecretValue':
    'AWSCURRENT, and the version of this rotation, in which an earlier attempt may have stored tokens: that it is listed proves nothing.',
  'fetch secretsmanager:ListSecretVersionIds':
    'Finds tokens that a rotation under another ClientRequestToken stored and never promoted. Without it they would be lost.',
  'refresh secretsmanager:GetSecretValue':
    'Secrets do not travel in the state, and a redrive has to see a credential that was mended meanwhile.',
  'refresh kms:GenerateDataKey': 'The key that seals the new tokens: had before the old one is spent.',
  'store-pending secretsmanager:DescribeSecret':
    'When someone has authorised since the refresh, the rotation stands down. Without it Verify would fail with tokens that the new login has ended.',
  'store-pending kms:Decrypt': 'Opens the new tokens and the RotationToken.',
  'store-pending secretsmanager:PutSecretValue': 'Stores the new tokens.',
  'verify secretsmanager:GetSecretValue': 'What is proved is what is stored, and not what was in memory.',
  'promote secretsmanager:UpdateSecretVersionStage': 'Moves AWSCURRENT.',
  'notify dynamodb:GetItem': 'Beside the rotation: whether a failure was reported that is over now.',
};
