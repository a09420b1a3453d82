/** Where CloudWatch has the project's metrics. */
export const METRIC_NAMESPACE = 'CognitoWorkosSync';
