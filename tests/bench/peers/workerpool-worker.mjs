// The worker of workerpool.

import { worker } from "workerpool";

worker({ echo: (value) => value });
