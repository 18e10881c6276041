/* Times as they stand in log files. */
#include "log.h"

#define DAY_SECONDS 86400

/* Days since 1970 of a date of the Gregorian calendar; years begin in March, so that the leap day comes last. */
static int64_t days_of(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void date_of(int64_t days, int *year, int *month, int *day)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted = (5 * day_of_year + 2) / 153;
	*day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
	*month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2));
}

/* The number in `count` digits; -1 when they are none. */
static int number(const uint8_t *in, size_t count)
{
	int value = 0;
	for (size_t i = 0; i < count; i++) {
		if (in[i] < '0' || in[i] > '9')
			return -1;
		value = value * 10 + (in[i] - '0');
	}
	return value;
}

/* `.123456789` of any length up to nine digits, then Z; the nanoseconds, or -1. */
static int fraction(const uint8_t *in, size_t size)
{
	if (size == 1 && in[0] == 'Z')
		return 0;
	if (size < 3 || size > 11 || in[0] != '.' || in[size - 1] != 'Z')
		return -1;
	int value = number(in + 1, size - 2);
	for (size_t digits = size - 2; value >= 0 && digits < 9; digits++)
		value *= 10;
	return value;
}

bool parse_log_time(const uint8_t *in, size_t size, int64_t *time_ns)
{
	if (size < 20 || in[4] != '-' || in[7] != '-' || in[10] != 'T' || in[13] != ':' || in[16] != ':')
		return false;
	int year = number(in, 4), month = number(in + 5, 2), day = number(in + 8, 2);
	int hour = number(in + 11, 2), minute = number(in + 14, 2), second = number(in + 17, 2);
	int nanoseconds = fraction(in + 19, size - 19);
	/* The years that 64 bits of nanoseconds can tell. */
	if (year < 1678 || year > 2261 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 || nanoseconds < 0)
		return false;
	int64_t seconds = days_of(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second;
	*time_ns = seconds * 1000000000 + nanoseconds;
	return true;
}

static void put(uint8_t *out, size_t digits, int64_t value)
{
	while (digits-- > 0) {
		out[digits] = (uint8_t)('0' + value % 10);
		value /= 10;
	}
}

void format_log_time(int64_t time_ns, uint8_t out[LOG_TIME_LENGTH])
{
	int64_t nanoseconds = time_ns % 1000000000;
	int64_t seconds = time_ns / 1000000000;
	if (nanoseconds < 0) {
		nanoseconds += 1000000000;
		seconds--;
	}
	int64_t second_of_day = seconds % DAY_SECONDS;
	int64_t days = seconds / DAY_SECONDS;
	if (second_of_day < 0) {
		second_of_day += DAY_SECONDS;
		days--;
	}
	int year, month, day;
	date_of(days, &year, &month, &day);
	put(out, 4, year);
	out[4] = out[7] = '-';
	put(out + 5, 2, month);
	put(out + 8, 2, day);
	out[10] = 'T';
	put(out + 11, 2, second_of_day / 3600);
	out[13] = out[16] = ':';
	put(out + 14, 2, second_of_day / 60 % 60);
	put(out + 17, 2, second_of_day % 60);
	out[19] = '.';
	put(out + 20, 9, nanoseconds);
	out[29] = 'Z';
}
