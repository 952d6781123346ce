/** The formats of a downloaded file. */
export type FileFormat = 'csv' | 'json';

const FORMATS: readonly FileFormat[] = ['csv', 'json'];

interface DownloadButtonsProps {
  /** What a screen reader reads before the format: 'Download as'. */
  readonly name: string;
  readonly onSave: (format: FileFormat) => void;
}

/** Buttons that save what the page shows as a file. */
export const DownloadButtons = ({ name, onSave }: DownloadButtonsProps) => (
  <div class="export">
    <span aria-hidden="true">Download</span>
    {FORMATS.map((format) => (
      <button
        key={format}
        type="button"
        class="button small"
        aria-label={`${name} ${format.toUpperCase()}`}
        onClick={() => onSave(format)}
      >
        {format.toUpperCase()}
      </button>
    ))}
  </div>
);
