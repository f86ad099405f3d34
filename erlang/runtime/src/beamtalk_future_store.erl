%% @doc Results of futures whose process has ended, by the pid of that process.
%%
%% Nobody can tell when the last reference to a future is gone, so results are kept in two tables:
%% what is asked for moves to the young one, the old one is emptied every half hour, or sooner when
%% very many futures are made. A result lives at least from one turn to the next after it was
%% last asked for.
-module(beamtalk_future_store).
-behaviour(gen_server).

-export([start_link/0, put/2, find/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(YOUNG, beamtalk_futures_young).
-define(OLD, beamtalk_futures_old).
-define(TURN, 1800000).
-define(LOOK, 60000).
-define(MANY, 500000).

-spec start_link() -> gen_server:start_ret().
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% Keeps a result; false where the runtime is not running and there is no table.
-spec put(pid(), term()) -> boolean().
put(Pid, Outcome) ->
    try
        ets:insert(?YOUNG, {Pid, Outcome})
    catch
        error:badarg -> false
    end.

-spec find(pid()) -> {ok, term()} | none.
find(Pid) ->
    try
        find_young(Pid)
    catch
        error:badarg -> none
    end.

find_young(Pid) ->
    case ets:lookup(?YOUNG, Pid) of
        [{_, Outcome}] -> {ok, Outcome};
        [] -> find_old(Pid)
    end.

find_old(Pid) ->
    case ets:lookup(?OLD, Pid) of
        [{_, Outcome}] ->
            ets:insert(?YOUNG, {Pid, Outcome}),
            {ok, Outcome};
        [] ->
            none
    end.

-spec init([]) -> {ok, integer()}.
init([]) ->
    Options = [set, named_table, public, {read_concurrency, true}, {write_concurrency, true}],
    ets:new(?YOUNG, Options),
    ets:new(?OLD, Options),
    erlang:send_after(?LOOK, self(), look),
    {ok, now_ms()}.

-spec handle_call(term(), gen_server:from(), integer()) -> {reply, {error, unknown_call}, integer()}.
handle_call(_, _From, Turned) -> {reply, {error, unknown_call}, Turned}.

-spec handle_cast(term(), integer()) -> {noreply, integer()}.
handle_cast(_, Turned) -> {noreply, Turned}.

-spec handle_info(term(), integer()) -> {noreply, integer()}.
handle_info(look, Turned) ->
    erlang:send_after(?LOOK, self(), look),
    case now_ms() - Turned >= ?TURN orelse ets:info(?YOUNG, size) > ?MANY of
        true ->
            turn(),
            {noreply, now_ms()};
        false ->
            {noreply, Turned}
    end;
handle_info(_, Turned) ->
    {noreply, Turned}.

%% The young results become the old ones. While they are copied, both tables have them.
turn() ->
    ets:delete_all_objects(?OLD),
    ets:foldl(fun(Entry, _) -> ets:insert(?OLD, Entry) end, true, ?YOUNG),
    ets:delete_all_objects(?YOUNG).

now_ms() -> erlang:monotonic_time(millisecond).
