/* What librdkafka's Admin API has. */
#pragma once

#include "report.h"

check_fn create_topic, metadata, admin;
