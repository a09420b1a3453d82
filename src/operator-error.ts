/**
 * What an operator can put right: a setting, a permission, a file, a network. The message is one line that
 * says what to do, and is safe to print. Every other error is a defect, and is shown with its name and stack.
 */
export class OperatorError extends Error {
  override name = 'OperatorError';
}
