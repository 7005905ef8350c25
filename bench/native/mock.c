/* librdkafka's mock cluster as a process: mock BROKERS
 * It prints the bootstrap list; each line "NAME PARTITIONS REPLICAS" that it reads becomes a topic.
 * The ports are the system's choice. */
#include <rdkafka.h>
#include <rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
        char error[256], name[256];
        int partitions, replicas;
        rd_kafka_conf_t *conf = rd_kafka_conf_new();
        rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
        rd_kafka_mock_cluster_t *cluster =
            rd_kafka_mock_cluster_new(client, argc > 1 ? atoi(argv[1]) : 1);

        setvbuf(stdout, NULL, _IOLBF, 0);
        puts(rd_kafka_mock_cluster_bootstraps(cluster));
        while (scanf("%255s %d %d", name, &partitions, &replicas) == 3)
                printf("%d\n", rd_kafka_mock_topic_create(cluster, name, partitions, replicas));
        return 0;
}
