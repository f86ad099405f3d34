%% @doc Primitives of `Random'. A source's state is in an atomics array, so that drawing from it
%% changes it for all who hold it on this node and it is freed with the object.
-module(beamtalk_random).

%% A generator's state is an improper list, as `rand' exports it.
-dialyzer(no_improper_lists).

-export(['class new'/1, 'class new:'/2, 'class seed:'/2, 'class next'/1, 'class nextInteger:'/2]).
-export([next/1, 'nextInteger:'/2]).

-type random() :: #{'__class__' := module(), state := atomics:atomics_ref()}.

-define(ALGORITHM, exsss).

-spec 'class new'(term()) -> random().
'class new'(_) -> source(rand:seed_s(?ALGORITHM)).

-spec 'class new:'(term(), term()) -> no_return().
'class new:'(_, _) ->
    beamtalk_exception:raise(
        instantiation_error, 'Random', 'new:', <<"Random cannot be made with new:">>,
        <<"Use Random new or Random seed:">>, nil
    ).

-spec 'class seed:'(term(), term()) -> random().
'class seed:'(_, Seed) ->
    source(rand:seed_s(?ALGORITHM, beamtalk_check:integer(Seed, 'Random', 'seed:'))).

source(State) ->
    Ref = atomics:new(2, [{signed, false}]),
    keep(Ref, State),
    #{'__class__' => 'bt@stdlib@Random', state => Ref}.

keep(Ref, State) ->
    {?ALGORITHM, [A | B]} = rand:export_seed_s(State),
    atomics:put(Ref, 1, A),
    atomics:put(Ref, 2, B).

state(Ref) -> rand:seed_s({?ALGORITHM, [atomics:get(Ref, 1) | atomics:get(Ref, 2)]}).

-spec 'class next'(term()) -> float().
'class next'(_) -> rand:uniform().

-spec 'class nextInteger:'(term(), term()) -> pos_integer().
'class nextInteger:'(_, Limit) ->
    rand:uniform(beamtalk_check:positive(Limit, 'Random', 'nextInteger:')).

-spec next(random()) -> float().
next(#{state := Ref}) ->
    {Value, State} = rand:uniform_s(state(Ref)),
    keep(Ref, State),
    Value.

-spec 'nextInteger:'(random(), term()) -> pos_integer().
'nextInteger:'(#{state := Ref}, Limit) ->
    N = beamtalk_check:positive(Limit, 'Random', 'nextInteger:'),
    {Value, State} = rand:uniform_s(N, state(Ref)),
    keep(Ref, State),
    Value.
