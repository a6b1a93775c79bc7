// The worker of comlink.

import { expose } from "comlink";

expose({ echo: (value) => value });
