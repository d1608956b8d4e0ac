/** Why there is no picture: each has its own screen and its own way on. */
export type CameraRefusal = 'denied' | 'absent' | 'busy' | 'unsupported';

/** The camera that looks away from the person, while it is open. */
export interface Camera {
  readonly stream: MediaStream;
  /** Whether this camera has a light that a page may switch. */
  readonly hasTorch: boolean;
  /** Answers whether the light is on now. */
  setTorch(on: boolean): Promise<boolean>;
  /** The system took the camera back (a call came in, the permission was withdrawn). */
  onLost(listener: () => void): void;
  close(): void;
}

export type CameraAnswer =
  | { readonly ok: true; readonly camera: Camera }
  | { readonly ok: false; readonly reason: CameraRefusal };

/** Enough for a QR code of version 25 at arm's length, and quick to decode. */
const WANTED: MediaStreamConstraints = {
  audio: false,
  video: {
    facingMode: { ideal: 'environment' },
    width: { ideal: 1280 },
    height: { ideal: 720 },
  },
};

/** Opens the camera; the browser may ask the person. Never rejects. */
export async function openCamera(): Promise<CameraAnswer> {
  const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices };
  if (mediaDevices === undefined) return { ok: false, reason: 'unsupported' };
  try {
    return { ok: true, camera: cameraOf(await mediaDevices.getUserMedia(WANTED)) };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

function cameraOf(stream: MediaStream): Camera {
  const [track] = stream.getVideoTracks();
  // Neither is in the types of pages yet (W3C mediacapture-image).
  const can: object = track?.getCapabilities?.() ?? {};
  return {
    stream,
    hasTorch: 'torch' in can && can.torch === true,
    async setTorch(on) {
      const light: object = { torch: on };
      try {
        await track?.applyConstraints({ advanced: [light] });
        return on;
      } catch {
        return false;
      }
    },
    onLost(listener) {
      track?.addEventListener('ended', listener);
    },
    close() {
      for (const one of stream.getTracks()) one.stop();
    },
  };
}

function reasonOf(error: unknown): CameraRefusal {
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'absent';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'unsupported';
  }
}
