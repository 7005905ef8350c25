module odradek/confluent-kafka-go

go 1.26

require (
	github.com/confluentinc/confluent-kafka-go/v2 v2.11.1
	odradek/checks v0.0.0
)

replace odradek/checks => ../go-checks
