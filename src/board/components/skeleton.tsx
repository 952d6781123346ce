const ROWS = Array.from({ length: 14 }, (_, index) => index);

/** A placeholder for the content while it loads. */
export function Skeleton() {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      <div class="skeleton-row skeleton-controls" />
      {ROWS.map((row) => (
        <div key={row} class="skeleton-row" />
      ))}
    </div>
  );
}
