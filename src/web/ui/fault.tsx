/** An error boundary: a part of the page fails, and the rest keeps working. */
import { Component, type ReactNode } from 'react';
import { errorText } from './action.tsx';

export interface FaultProps {
  readonly children: ReactNode;
}

export class Fault extends Component<FaultProps, { readonly message: string | undefined }> {
  static getDerivedStateFromError(error: unknown): { readonly message: string } {
    return { message: errorText(error) };
  }

  override state: { readonly message: string | undefined } = { message: undefined };

  override render(): ReactNode {
    const { message } = this.state;
    if (message === undefined) return this.props.children;
    return (
      <div className="fault" role="alert">
        <p>
          This part of the page failed: {message}
          {/[.!?]$/.test(message) ? '' : '.'} The agents are not affected.
        </p>
        <button type="button" onClick={() => location.reload()}>
          Reload the page
        </button>
      </div>
    );
  }
}
