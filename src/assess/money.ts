const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const CENTS = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

/** "$0", "under $0.01", "$4.49", "$2,500": an estimate of ten dollars or more has no cents. */
export function toDollars(dollars: number): string {
  if (dollars === 0) return '$0';
  if (dollars < 0.01) return 'under $0.01';
  return `$${(dollars < 9.995 ? CENTS : WHOLE).format(dollars)}`;
}
