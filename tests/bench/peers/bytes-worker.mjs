// Bytes by a plain message, without any library: what a large argument is measured against.

self.onmessage = ({ data }) => self.postMessage(data.byteLength);
