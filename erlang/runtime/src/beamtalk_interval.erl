%% @doc Primitives of `Interval': its size, elements and fold, by arithmetic.
-module(beamtalk_interval).

-export(['to:'/2, 'to:by:'/3, size/1, 'at:'/2, asList/1, 'inject:into:'/3]).

-compile({no_auto_import, [size/1]}).

-type interval() :: #{from := integer(), to := integer(), step := integer(), _ => _}.

-spec 'to:'(integer(), term()) -> interval().
'to:'(From, To) -> interval(From, beamtalk_check:integer(To, 'Integer', 'to:'), 1).

-spec 'to:by:'(integer(), term(), term()) -> interval().
'to:by:'(From, To, Step) ->
    interval(
        From,
        beamtalk_check:integer(To, 'Integer', 'to:by:'),
        beamtalk_check:integer(Step, 'Integer', 'to:by:')
    ).

interval(From, To, Step) ->
    #{'__class__' => 'bt@stdlib@Interval', from => From, to => To, step => Step}.

-spec size(interval()) -> non_neg_integer().
size(#{step := 0}) ->
    beamtalk_check:invalid('Interval', size, <<"expects a step other than 0">>, nil);
size(#{from := From, to := To, step := Step}) ->
    beamtalk_check:integer(From, 'Interval', 'from:to:'),
    beamtalk_check:integer(To, 'Interval', 'from:to:'),
    case (To - From) * Step < 0 of
        true -> 0;
        false -> (To - From) div Step + 1
    end.

-spec 'at:'(interval(), term()) -> integer().
'at:'(#{from := From, step := Step} = Interval, Index) ->
    From + (beamtalk_check:index(Index, size(Interval), 'Interval', 'at:') - 1) * Step.

-spec asList(interval()) -> [integer()].
asList(#{from := From, step := Step} = Interval) ->
    case size(Interval) of
        0 -> [];
        Size -> lists:seq(From, From + (Size - 1) * Step, Step)
    end.

-spec 'inject:into:'(interval(), term(), term()) -> term().
'inject:into:'(#{from := From, step := Step} = Interval, Initial, Block) ->
    F = beamtalk_check:block(Block, 2, 'Interval', 'inject:into:'),
    fold(size(Interval), From, Step, F, Initial).

fold(0, _, _, _, Acc) -> Acc;
fold(N, I, Step, F, Acc) -> fold(N - 1, I + Step, Step, F, F(Acc, I)).
